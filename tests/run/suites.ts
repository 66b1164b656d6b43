import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { add, Counts, none } from "./counts.ts";
import { TALLY_FILE } from "./tally.ts";

const root = join(import.meta.dirname, "../..");

/** Checks of the source text: each is one result. */
const checks: readonly { readonly name: string; readonly argv: readonly [string, ...string[]] }[] = [
  { name: "types", argv: ["tsc", "--noEmit"] },
  { name: "types of the dashboard", argv: ["tsc", "--noEmit", "--project", "apps/dashboard"] },
  { name: "style", argv: ["biome", "check", "--error-on-warnings", "."] },
  { name: "import directions", argv: ["depcruise", "--config", ".dependency-cruiser.cjs", "."] },
  { name: "unused code", argv: ["knip", "--no-config-hints"] },
];

/** Runs the checks of the source text; a failed one shows what it found. */
export async function runChecks(): Promise<Counts> {
  let counts = none;
  for (const {
    name,
    argv: [program, ...args],
  } of checks) {
    const passed = (await node([join(root, "node_modules/.bin", program), ...args])) === 0;
    process.stdout.write(`${passed ? "passed" : "FAILED"}: check of ${name}\n`);
    counts = add(counts, { ...none, [passed ? "passed" : "failed"]: 1 });
  }
  return counts;
}

/** Runs one project of vitest.config.ts. @param filters parts of file names; none: all files */
export async function runSuite(project: "unit" | "e2e", filters: readonly string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "homeslice-tally-"));
  const file = join(folder, "counts");
  const reporters = ["--reporter=default", `--reporter=${join(import.meta.dirname, "tally.ts")}`];
  const args = ["run", "--project", project, "--passWithNoTests", ...reporters, ...filters];
  try {
    const code = await node([join(root, "node_modules/vitest/vitest.mjs"), ...args], { [TALLY_FILE]: file });
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

async function node(args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 1;
}
