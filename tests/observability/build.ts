import { join } from "node:path";
import { ensureGoTools } from "../support/goTools.ts";
import type { Progress } from "../testbed/progress.ts";

const module = join(import.meta.dirname, "loki");

/** Builds Loki once per version, in some minutes; at once afterwards. @returns path of the program */
export async function ensureLoki(cache: string, progress: Progress, signal: AbortSignal): Promise<string> {
  const tools = { title: "Loki", module, cached: "loki", takes: "some minutes" };
  return join(await ensureGoTools(tools, cache, progress, signal), "loki");
}
