import { join } from "node:path";
import { ensureGoTools } from "../support/goTools.ts";
import { ensurePythonTool } from "../support/pythonTools.ts";
import type { Progress } from "../testbed/progress.ts";

const folder = (name: string) => join(import.meta.dirname, name);

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
  const tool = { name: "checkov", requirements: folder("requirements.txt") };
  const checkov = join(await ensurePythonTool(tool, cache, progress, signal), "bin/checkov");
  return { podSecurity: join(own, "podsecurity"), collector: join(own, "collector"), kubeScore, checkov };
}
