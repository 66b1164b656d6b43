import { spawnSync } from "node:child_process";
import { which } from "@homeslice/cli/engine/index.ts";

/**
 * Finds a program, installing its Debian package where that is nobody's own machine: in CI, as root.
 * @returns its path, or why it cannot be had
 */
export function debianProgram(program: string, packageName: string): { path: string } | { missing: string } {
  const found = which(program, process.env);
  if (found !== undefined) return { path: found };
  const missing = `${program} is not on PATH: install the Debian package ${packageName}`;
  if (process.env["CI"] !== "true" || process.getuid?.() !== 0) return { missing };
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", packageName]]) {
    const { status, stderr } = spawnSync("apt-get", ["-qq", ...args], { env, encoding: "utf8" });
    if (status !== 0) return { missing: `${missing} (apt-get ${args[0]} failed: ${stderr.slice(-500)})` };
  }
  const installed = which(program, process.env);
  return installed === undefined ? { missing } : { path: installed };
}
