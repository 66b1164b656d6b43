import { homedir } from "node:os";
import { join } from "node:path";
import { findEngine } from "@homeslice/cli/engine/index.ts";
import { ensureEdgePrograms } from "../edge/build.ts";
import { ensureJudges } from "../manifests/build.ts";
import { ensureLoki } from "../observability/build.ts";
import { ensureBuild } from "../testbed/build.ts";
import { lineProgress, type Progress } from "../testbed/progress.ts";

type Build = (cache: string, progress: Progress, signal: AbortSignal) => Promise<unknown>;

const builds: readonly Build[] = [ensureBuild, ensureEdgePrograms, ensureJudges, ensureLoki];

/**
 * Starts what takes minutes on a machine that has never done it, and no time afterwards: the engine, the control
 * plane, Traefik, Loki, and the judges of manifests. One after the other, since each compiler takes all the cores.
 * @returns what could not be had, in words
 */
export async function startBuilds(): Promise<string[]> {
  const cache = process.env["HOMESLICE_CACHE"] ?? join(homedir(), ".cache/homeslice");
  const say = (line: string) => process.stderr.write(`homeslice: ${line}\n`);
  const failures: string[] = [];
  const attempt = async (build: () => Promise<unknown>) => {
    await build().catch((error: unknown) => failures.push(error instanceof Error ? error.message : String(error)));
  };
  await attempt(() => findEngine({ cache, env: process.env, say }));
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  for (const build of builds) await attempt(() => build(cache, lineProgress(say), interrupted.signal));
  return failures;
}
