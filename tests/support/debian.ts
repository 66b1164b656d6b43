import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { which } from "@homeslice/cli/engine/index.ts";

const LOCK = join(tmpdir(), "homeslice-tests-apt.lock");

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
    // One at a time: test files run side by side, and apt does not wait for itself.
    const { status, stderr } = spawnSync("flock", [LOCK, "apt-get", "-qq", ...args], { env, encoding: "utf8" });
    if (status !== 0) return { missing: `${missing} (apt-get ${args[0]} failed: ${stderr.slice(-500)})` };
  }
  const installed = which(program, process.env);
  return installed === undefined ? { missing } : { path: installed };
}
