import type { Difference } from "@homeslice/protocol/difference.ts";

/** One difference for people: `timing.expression: "0 1 * * *" → "0 2 * * *"`. */
export function describeDifference({ path, before, after }: Difference): string {
  if (before === null) return `${path}: + ${after}`;
  return after === null ? `${path}: - ${before}` : `${path}: ${before} → ${after}`;
}
