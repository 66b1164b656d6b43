import { setTimeout } from "node:timers/promises";
import { openStates } from "@homeslice/orchestrator/executions/state.ts";
import type { Client } from "@homeslice/protocol";
import { Fleet } from "../../rig/fleet.ts";
import { Installation } from "../../rig/installation.ts";
import { type Bench, figure } from "../bench.ts";
import { graphileWorkerRate } from "../floors/graphileWorker.ts";
import { rawQueueRate } from "../floors/rawQueue.ts";

const FLEET = 500;
const SECONDS = 60;
/** How long the peers run: their rates are steady. */
const FLOOR_SECONDS = 10;
/** Executions on a server that may be waiting or under way: enough that the engine always has work. */
const AHEAD = 4_000;
/** Milliseconds between two looks at how many those are. */
const LOOK_MS = 100;
const PER_SECOND = 2_000;
const SHARE_OF_PEER = 0.7;

/** Executions at full speed: each is queued, dispatched, accepted, started and ended, and every step is durable. */
export const sustained: Bench = {
  description: "executions at full speed, each durable from its submission to its end",
  async run({ quick, say }) {
    const [size, seconds, floorSeconds] = quick ? [20, 1, 0.3] : [FLEET, SECONDS, FLOOR_SECONDS];
    const installation = await Installation.open();
    try {
      say("graphile-worker, one job a transaction");
      const peer = await graphileWorkerRate(installation, floorSeconds);
      say("bare claim and finish");
      const raw = await rawQueueRate(installation, floorSeconds);
      const orchestrator = await installation.orchestrator("orchestrator");
      await orchestrator.start();
      const fleet = new Fleet(installation, [orchestrator.url]);
      await fleet.grow(size);
      say(`${seconds} s of executions on ${size} agents`);
      const rate = await measure(installation, await installation.client(orchestrator.url), fleet, seconds);
      fleet.close();
      const ratioAtLeast = SHARE_OF_PEER;
      return {
        sustained: figure({ value: rate, unit: "executions/s", atLeast: PER_SECOND, floor: peer, ratioAtLeast }),
        sustained_raw: figure({ value: rate, unit: "executions/s", floor: raw }),
      };
    } finally {
      await installation.close();
    }
  },
};

async function measure(installation: Installation, client: Client, fleet: Fleet, seconds: number): Promise<number> {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1_000;
  let submitted = 0;
  while (elapsed() < seconds) {
    let left = await countUnfinished(installation);
    for (; left < AHEAD && elapsed() < seconds; left += fleet.serverIds.length) {
      await client.call("startExecution", {
        body: { target_servers: fleet.serverIds, operation: { type: "shell_command", argv: ["/simulated", "finish"] } },
      });
      submitted += fleet.serverIds.length;
    }
    await setTimeout(LOOK_MS);
  }
  while ((await countUnfinished(installation)) > 0) await setTimeout(LOOK_MS);
  const rate = submitted / elapsed();
  await assertRight(installation, fleet, submitted);
  return rate;
}

/** By an index of what is under way: to count what has ended would take longer with each one. */
async function countUnfinished(installation: Installation): Promise<number> {
  const [row] = await installation.query<{ unfinished: number }>(
    `select (select count(*) from execution_targets where state = 'queued' and queue_key is not null)
      + (select count(*) from execution_targets where state in ('${openStates.join("', '")}')) as unfinished`,
  );
  if (row === undefined) throw new Error("a count without a row");
  return row.unfinished;
}

/** Every execution succeeded, was started once, and no agent got it twice. */
async function assertRight(installation: Installation, fleet: Fleet, submitted: number): Promise<void> {
  const [row] = await installation.query<{ right: number; all: number }>(
    `select count(*) filter (where state = 'succeeded' and fence = 1) as right, count(*) as all from execution_targets`,
  );
  const { starts, repeated } = await fleet.report();
  const started = Object.keys(starts).length;
  if (row?.right !== submitted || row.all !== submitted || started !== submitted || repeated > 0) {
    throw new Error(`${submitted} submitted: ${JSON.stringify({ ...row, started, repeated })}`);
  }
}
