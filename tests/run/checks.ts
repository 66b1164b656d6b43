import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { add, type Counts, none } from "./counts.ts";

const root = join(import.meta.dirname, "../..");

/** Checks of the source text: each is one result. */
const checks: readonly { readonly name: string; readonly argv: readonly [string, ...string[]] }[] = [
  { name: "types", argv: ["tsc", "--noEmit"] },
  { name: "types of the dashboard", argv: ["tsc", "--noEmit", "--project", "apps/dashboard"] },
  { name: "style", argv: ["biome", "check", "--error-on-warnings", "."] },
  { name: "import directions", argv: ["depcruise", "--config", ".dependency-cruiser.cjs", "."] },
  { name: "unused code", argv: ["knip", "--no-config-hints"] },
];

/** Runs the checks of the source text, all at once; a failed one shows what it found. */
export async function runChecks(): Promise<Counts> {
  return (await Promise.all(checks.map(runCheck))).reduce(add, none);
}

/** What it says is shown when it has ended, so that the checks do not talk at the same time. */
async function runCheck({ name, argv: [program, ...args] }: (typeof checks)[number]): Promise<Counts> {
  const argv = [join(root, "node_modules/.bin", program), ...args];
  const child = spawn(process.execPath, argv, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  process.stdout.write(`${out}${errors}${code === 0 ? "passed" : "FAILED"}: check of ${name}\n`);
  return { ...none, [code === 0 ? "passed" : "failed"]: 1 };
}
