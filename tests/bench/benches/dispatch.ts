import { setTimeout } from "node:timers/promises";
import type { Client } from "@homeslice/protocol";
import { z } from "zod";
import { Fleet } from "../../rig/fleet.ts";
import { Installation } from "../../rig/installation.ts";
import { RealAgent } from "../../rig/realAgent.ts";
import { eventually } from "../../support/eventually.ts";
import { type Bench, figure, quantile } from "../bench.ts";
import { confinedStart } from "../floors/confinedStart.ts";
import { rawRoundTrip } from "../floors/websocket.ts";
import { Submitter } from "../submitter.ts";
import { wallClock } from "../wallClock.ts";

const FLEET = 500;
const SAMPLES = 300;
/** Between two submissions, in milliseconds: the fleet is idle again, and an agent has had time to prepare itself. */
const PAUSE_MS = 20;
const AGENT_PAUSE_MS = 400;
/** Between two looks whether a job has arrived: when it did is said by its agent, and looking takes the processor from it. */
const LOOK_MS = 5;
/** Until the first look for its end, which tells when the command ran: several times as long as that takes. */
const FIRST_LOOK_MS = 60;

/** One execution on one server of an idle fleet: from its submission until the process runs. */
export const dispatch: Bench = {
  description: "one execution on one of many idle servers, submitted until its process runs",
  async run({ quick }) {
    const [size, samples] = quick ? [5, 5] : [FLEET, SAMPLES];
    const installation = await Installation.open();
    try {
      const orchestrator = await installation.orchestrator("orchestrator");
      await orchestrator.start();
      const fleet = new Fleet(installation, [orchestrator.url]);
      await fleet.grow(size);
      const agent = await RealAgent.enrol(installation, orchestrator.url, {
        environment: { HOMESLICE_LOG_LEVEL: "debug" },
      });
      const client = await installation.client(orchestrator.url);
      const submitter = new Submitter(orchestrator.url, await installation.token());
      const now = wallClock();
      const start = await confinedStart(installation);
      const floor = await rawRoundTrip(1, installation.guard);
      const link: number[] = [];
      const stages: Stages[] = [];
      for (let i = 0; i < samples; i++) {
        await setTimeout(PAUSE_MS);
        link.push(await untilLink(submitter, fleet, fleet.serverIds[i % size] ?? "", now));
        await setTimeout(AGENT_PAUSE_MS);
        stages.push(await untilProcess(installation, submitter, client, agent, now));
      }
      submitter.close();
      fleet.close();
      const of = (stage: keyof Stages, share: number) =>
        quantile(
          stages.map((one) => one[stage]),
          share,
        );
      const median = (stage: keyof Stages) => figure({ value: of(stage, 0.5), unit });
      const unit = "ms";
      return {
        dispatch_p50: figure({ value: of("running", 0.5), unit, atMost: 10, floor: start }),
        dispatch_p99: figure({ value: of("running", 0.99), unit, atMost: 50, floor: start }),
        dispatch_claimed_p50: median("claimed"),
        dispatch_answered_p50: median("answered"),
        dispatch_received_p50: median("received"),
        dispatch_accepted_p50: median("accepted"),
        dispatch_started_p50: median("started"),
        dispatch_link_p50: figure({ value: quantile(link, 0.5), unit, floor }),
        dispatch_link_p99: figure({ value: quantile(link, 0.99), unit, floor }),
      };
    } finally {
      await installation.close();
    }
  },
};

/** Until a simulated agent has the job, and would start it. */
async function untilLink(submitter: Submitter, fleet: Fleet, serverId: string, now: () => number): Promise<number> {
  const submitted = now();
  await submitter.start(serverId, ["/simulated", "finish"]);
  for (;;) {
    const [started] = Object.values((await fleet.report()).starts);
    if (started !== undefined) return started - submitted;
    await setTimeout(LOOK_MS);
  }
}

/** What has happened so many milliseconds after a submission. */
interface Stages {
  /** The claim of it began: the submission is stored, and a dispatcher knows. */
  readonly claimed: number;
  readonly answered: number;
  /** A real agent has the job, and has verified it; it has it in its journal; it has told a process to become the command. */
  readonly received: number;
  readonly accepted: number;
  readonly started: number;
  /** The command looks at the clock. */
  readonly running: number;
}

/** What the log of an agent says of an attempt. */
const LogLine = z.object({ time: z.number(), msg: z.string(), execution_id: z.string() });

async function untilProcess(
  installation: Installation,
  submitter: Submitter,
  client: Client,
  agent: RealAgent,
  now: () => number,
): Promise<Stages> {
  const submitted = now();
  const execution_id = await submitter.start(agent.serverId, ["/bin/date", "+%s%N"]);
  const answered = now() - submitted;
  let output = "";
  await setTimeout(FIRST_LOOK_MS);
  await eventually(async () => {
    const { status, results } = await client.call("getExecution", { params: { execution_id } });
    output = results.details[0]?.output ?? "";
    return status.overall === "succeeded";
  }, "the process has ended");
  const [row] = await installation.query<{ claimed: number }>(
    "select extract(epoch from dispatched_at)::float8 * 1000 as claimed from execution_targets where execution_id = $1",
    [execution_id],
  );
  const logged = installation.log(agent.name).split("\n").flatMap(lineOf);
  const at = (message: string) =>
    (logged.findLast(({ msg, execution_id: of }) => msg === message && of === execution_id)?.time ?? 0) - submitted;
  return {
    claimed: (row?.claimed ?? 0) - submitted,
    answered,
    received: at("job received"),
    accepted: at("attempt accepted"),
    started: at("command started"),
    running: Number(output) / 1e6 - submitted,
  };
}

function lineOf(text: string): z.infer<typeof LogLine>[] {
  try {
    return [LogLine.parse(JSON.parse(text))];
  } catch {
    return []; // the log is read from the middle of a line, and says other things too
  }
}
