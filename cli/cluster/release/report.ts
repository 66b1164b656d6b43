import { duration } from "../../process/duration.ts";
import type { ClusterOptions } from "../options.ts";
import type { ReleasePlan } from "./plan.ts";

/** What a release came to; without a plan the settings named the image before. */
interface Report {
  readonly stack: string;
  readonly plan: ReleasePlan | undefined;
  readonly changed: boolean;
  readonly durationMs: number;
}

/** Writes the result: one JSON object to stdout, or a sentence to stderr. */
export function printRelease({ stack, plan, changed, durationMs }: Report, { json }: ClusterOptions): void {
  if (json) {
    const { from, to } = plan ?? {};
    process.stdout.write(`${JSON.stringify({ operation: "release", stack, changed, from, to, durationMs })}\n`);
    return;
  }
  const sentence = plan
    ? `${plan.to.image} serves as ${plan.to.colour} (${duration(durationMs)}); back with \`release --stack ${stack} --rollback\``
    : `that image serves${changed ? "" : " already. Nothing was changed"}`;
  process.stderr.write(`release of ${stack}: ${sentence}\n`);
}
