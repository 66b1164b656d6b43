import type { Execution, ResultDetail } from "@homeslice/protocol/executions.ts";

/** How one server did, now and the time before. */
export interface ComparedServer {
  readonly serverId: string;
  readonly now: ResultDetail | undefined;
  readonly before: ResultDetail | undefined;
  /** What matters most: whether it came out differently. */
  readonly change: "same" | "mended" | "broken" | "different" | "new" | "gone";
}

/** Two runs side by side, every server of either, those that came out differently first. */
export function compare(now: Execution, before: Execution): ComparedServer[] {
  const earlier = new Map(before.results.details.map((detail) => [detail.server_id, detail]));
  const later = new Map(now.results.details.map((detail) => [detail.server_id, detail]));
  const servers = [...new Set([...later.keys(), ...earlier.keys()])].map((serverId) => {
    const pair = { now: later.get(serverId), before: earlier.get(serverId) };
    return { serverId, ...pair, change: changeOf(pair.now, pair.before) };
  });
  return servers.toSorted((one, other) => Number(one.change === "same") - Number(other.change === "same"));
}

function changeOf(now: ResultDetail | undefined, before: ResultDetail | undefined): ComparedServer["change"] {
  if (now === undefined) return "gone";
  if (before === undefined) return "new";
  if (now.status === before.status) return now.exit_code === before.exit_code ? "same" : "different";
  if (now.status === "succeeded") return "mended";
  return before.status === "succeeded" ? "broken" : "different";
}
