import { duration } from "../../process/duration.ts";
import type { ClusterOptions } from "../options.ts";
import type { ReleasePlan } from "./plan.ts";

/** What a release came to. */
type Report = { readonly stack: string; readonly durationMs: number } & (
  | { readonly changed: false }
  | { readonly changed: true; readonly from: ReleasePlan["from"]; readonly to: ReleasePlan["to"] }
);

/** Writes the result: one JSON object to stdout, or a sentence to stderr. */
export function printRelease(report: Report, { json }: ClusterOptions): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ operation: "release", ...report })}\n`);
    return;
  }
  const took = duration(report.durationMs);
  const sentence = report.changed
    ? `${report.to.image} serves as ${report.to.colour} (${took}); back with \`release --stack ${report.stack} --rollback\``
    : "that image serves already. Nothing was changed";
  process.stderr.write(`release of ${report.stack}: ${sentence}\n`);
}
