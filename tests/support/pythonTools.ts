import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { lockWaiting } from "@homeslice/cli/process/fileLock.ts";
import { UserError } from "@homeslice/config";
import type { Progress } from "../testbed/progress.ts";

const run = promisify(execFile);

/** A program that tests need from the Python package index. */
export interface PythonTool {
  /** What it is called in messages, and its folder below the cache: `checkov`. */
  readonly name: string;
  /** File with all packages that it needs, each pinned. */
  readonly requirements: string;
}

/**
 * Installs a tool once per content of its requirements, in a minute; at once afterwards.
 * @returns folder of its virtual environment
 * @throws UserError tests.NAME when it cannot be installed
 */
export async function ensurePythonTool(
  tool: PythonTool,
  cache: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const { name, requirements } = tool;
  const digest = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const home = join(cache, name, digest.slice(0, 8));
  const [environment, done] = [join(home, "venv"), join(home, "installed")];
  await mkdir(home, { recursive: true });
  const release = await lockWaiting(join(home, "lock"), `installation of ${name}`, ({ pid, purpose }) =>
    progress.say(`waiting for the ${purpose} by process ${pid}`),
  );
  const task = existsSync(done) ? undefined : progress.start(`installing ${name} (once per version, a minute)`);
  try {
    // A virtual environment cannot be moved: a folder beside it says that it is complete.
    if (task) await installInto(environment, tool, signal);
    await mkdir(done, { recursive: true });
  } finally {
    task?.end();
    release();
  }
  return environment;
}

async function installInto(environment: string, { name, requirements }: PythonTool, signal: AbortSignal) {
  await rm(environment, { recursive: true, force: true });
  const pip = join(environment, "bin/pip");
  try {
    await run("python3", ["-m", "venv", environment], { signal });
    await run(pip, ["install", "--quiet", "--no-deps", "--requirement", requirements], { signal });
  } catch (error) {
    throw new UserError(
      {
        code: `tests.${name}`,
        what: `${name} cannot be installed: ${error instanceof Error ? error.message.slice(-800) : error}`,
        fix: "Install Python 3 with its venv module, check that this machine reaches its package index, then run this again.",
      },
      { cause: error },
    );
  }
}
