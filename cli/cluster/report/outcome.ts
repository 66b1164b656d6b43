import type { OutputMap } from "@pulumi/pulumi/automation/index.js";
import { duration } from "../../process/duration.ts";
import type { Outcome } from "../operations.ts";
import type { ClusterOptions, Operation } from "../options.ts";
import { pathLine } from "./criticalPath.ts";
import { sentence } from "./steps.ts";

const MASK = "[secret]";

/** A run that has come to its end. */
export interface Finished {
  readonly operation: Operation;
  readonly options: ClusterOptions;
  readonly outcome: Outcome;
  readonly durationMs: number;
}

/** Writes the result to stdout: one JSON object, or the outputs as lines; the sentence goes to stderr. */
export function printOutcome({ operation, options, outcome, durationMs }: Finished): void {
  const outputs = plainOutputs(outcome.outputs, options.showSecrets);
  if (options.json) {
    const { changes, criticalPath } = outcome;
    const report = { operation, stack: options.stack, changes, durationMs, criticalPath, outputs };
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const planned = operation === "preview";
  const counts = sentence(outcome.changes, planned) || "nothing there";
  process.stderr.write(`${operation} of ${options.stack}: ${counts} (${duration(durationMs)})\n`);
  const path = pathLine(outcome.criticalPath ?? []);
  if (path) process.stderr.write(`${path}\n`);
  for (const [name, value] of Object.entries(outputs)) {
    process.stdout.write(`${name}: ${typeof value === "string" ? value : JSON.stringify(value)}\n`);
  }
}

/** The values of the stack's outputs; secret ones only when they were asked for. */
export function plainOutputs(outputs: OutputMap, showSecrets: boolean): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { value, secret }]) => [name, secret && !showSecrets ? MASK : value]),
  );
}
