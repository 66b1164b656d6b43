import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { lockWaiting } from "@homeslice/cli/process/fileLock.ts";
import { UserError } from "@homeslice/config";
import { ensureGoTools } from "../support/goTools.ts";
import type { Progress } from "../testbed/progress.ts";

const run = promisify(execFile);
const folder = (name: string) => join(import.meta.dirname, name);
const requirements = folder("requirements.txt");

/** Programs that judge manifests, by their paths. */
export interface JudgePrograms {
  /** Says what keeps pods from the "restricted" standard. */
  readonly podSecurity: string;
  /** Checks the configuration of the log collector. */
  readonly collector: string;
  readonly kubeScore: string;
  readonly checkov: string;
}

/** Builds and installs the judges once per version, in a minute or two; at once afterwards. */
export async function ensureJudges(cache: string, progress: Progress, signal: AbortSignal): Promise<JudgePrograms> {
  const takes = "a minute";
  const build = (title: string, module: string, cached: string) =>
    ensureGoTools({ title, module: folder(module), cached, takes }, cache, progress, signal);
  const own = await build("the Pod Security evaluator", "judges", "judges");
  const kubeScore = join(await build("kube-score", "kube-score", "kube-score"), "kube-score");
  const checkov = join(await ensureCheckov(cache, progress, signal), "bin/checkov");
  return { podSecurity: join(own, "podsecurity"), collector: join(own, "collector"), kubeScore, checkov };
}

/** Installs checkov and all that it needs, exactly as pinned. @returns folder of the virtual environment */
async function ensureCheckov(cache: string, progress: Progress, signal: AbortSignal): Promise<string> {
  const digest = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const home = join(cache, "checkov", digest.slice(0, 8));
  const [environment, done] = [join(home, "venv"), join(home, "installed")];
  await mkdir(home, { recursive: true });
  const release = await lockWaiting(join(home, "lock"), "installation of checkov", ({ pid, purpose }) =>
    progress.say(`waiting for the ${purpose} by process ${pid}`),
  );
  const task = existsSync(done) ? undefined : progress.start("installing checkov (once per version, a minute)");
  try {
    // A virtual environment cannot be moved: a folder beside it says that it is complete.
    if (task) await installInto(environment, signal);
    await mkdir(done, { recursive: true });
  } finally {
    task?.end();
    release();
  }
  return environment;
}

async function installInto(environment: string, signal: AbortSignal): Promise<void> {
  await rm(environment, { recursive: true, force: true });
  const pip = join(environment, "bin/pip");
  try {
    await run("python3", ["-m", "venv", environment], { signal });
    await run(pip, ["install", "--quiet", "--no-deps", "--requirement", requirements], { signal });
  } catch (error) {
    throw new UserError(
      {
        code: "tests.checkov",
        what: `checkov cannot be installed: ${error instanceof Error ? error.message.slice(-800) : error}`,
        fix: "Install Python 3 with its venv module, check that this machine reaches its package index, then run this again.",
      },
      { cause: error },
    );
  }
}
