import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Counts, none } from "./counts.ts";
import { TALLY_FILE } from "./tally.ts";

const root = join(import.meta.dirname, "../..");

/** A project of vitest.config.ts. */
export type Suite = "unit" | "e2e";

/** Runs suites, the files of all of them side by side. @param filters parts of file names; none: all files */
export async function runSuites(suites: readonly Suite[], filters: readonly string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "homeslice-tally-"));
  const file = join(folder, "counts");
  const reporters = ["--reporter=default", `--reporter=${join(import.meta.dirname, "tally.ts")}`];
  const projects = suites.map((suite) => `--project=${suite}`);
  const args = ["run", ...projects, "--passWithNoTests", ...reporters, ...filters];
  try {
    const env = { ...process.env, [TALLY_FILE]: file };
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const child = spawn(process.execPath, [vitest, ...args], { cwd: root, stdio: "inherit", env });
    const [code] = await once(child, "exit");
    const counts = readCounts(file);
    // vitest may fail for what is no test's fault, and that must never look like success.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readCounts(file: string): Counts {
  try {
    return Counts.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    process.stderr.write(`the test runner left no results: ${error instanceof Error ? error.message : error}\n`);
    return { ...none, failed: 1 };
  }
}
