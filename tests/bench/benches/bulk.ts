import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Client } from "@homeslice/protocol";
import { Fleet } from "../../rig/fleet.ts";
import { Installation } from "../../rig/installation.ts";
import { eventually } from "../../support/eventually.ts";
import { type Bench, type Figures, figure, quantile } from "../bench.ts";
import { rawRoundTrip } from "../floors/websocket.ts";

/** What each size of fleet may take, in milliseconds; a size in between is shown for the curve alone. */
const SIZES: readonly { readonly agents: number; readonly atMost?: number }[] = [
  { agents: 500, atMost: 300 },
  { agents: 1_000 },
  { agents: 2_000 },
  { agents: 5_000, atMost: 3_000 },
];
const ROUNDS = 7;
/** How often is looked: each look takes time of the two cores from what is measured. */
const LOOK_MS = 10;
const MAX_RSS_MB = 400;
/** How much slower than a bare round trip to as many sockets it may be. */
const MAX_RATIO = 20;

/** One execution on the whole fleet: from its submission until the start on every server is stored. */
export const bulk: Bench = {
  description: "one execution on the whole fleet, submitted until every start is stored",
  async run({ quick, say }) {
    const installation = await Installation.open();
    try {
      const orchestrator = await installation.orchestrator("orchestrator");
      await orchestrator.start();
      const fleet = new Fleet(installation, [orchestrator.url]);
      const client = await installation.client(orchestrator.url);
      const figures: Figures = {};
      for (const { agents, atMost } of quick ? [{ agents: 20, atMost: 300 }] : SIZES) {
        say(`${agents} agents`);
        await fleet.grow(agents);
        const floor = await rawRoundTrip(agents, installation.guard);
        const times: number[] = [];
        for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
          times.push(await startEverywhere(installation, client, fleet));
        }
        figures[`bulk_${agents}`] = figure({
          value: quantile(times, 0.5),
          unit: "ms",
          floor,
          ...(atMost === undefined ? {} : { atMost, ratioAtMost: MAX_RATIO }),
        });
      }
      figures["bulk_orchestrator_rss"] = figure({
        value: peakMegabytes(orchestrator.pid),
        unit: "MB",
        atMost: MAX_RSS_MB,
      });
      fleet.close();
      return figures;
    } finally {
      await installation.close();
    }
  },
};

async function startEverywhere(installation: Installation, client: Client, fleet: Fleet): Promise<number> {
  const size = fleet.serverIds.length;
  const count = async (id: string, condition: string) => {
    const rows = await installation.query<{ count: number }>(
      `select count(*) from execution_targets where execution_id = $1 and ${condition}`,
      [id],
    );
    return rows[0]?.count;
  };
  const submitted = performance.now();
  const { execution_id } = await client.call("startExecution", {
    body: { target_servers: fleet.serverIds, operation: { type: "shell_command", argv: ["/simulated", "hold"] } },
  });
  while ((await count(execution_id, "started_at is not null")) !== size) await setTimeout(LOOK_MS);
  const took = performance.now() - submitted;
  const { starts, repeated } = await fleet.report();
  const started = Object.keys(starts).filter((attempt) => attempt.startsWith(execution_id)).length;
  if (started !== size || repeated > 0) throw new Error(`${started} of ${size} were started, ${repeated} again`);
  await client.call("cancelExecution", { params: { execution_id } });
  await eventually(async () => (await count(execution_id, "finished_at is not null")) === size, "all have ended");
  return took;
}

/** The most memory that a process has had. */
export function peakMegabytes(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1_024;
}
