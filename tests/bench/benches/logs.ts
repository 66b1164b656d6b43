import { once } from "node:events";
import { LiveMessage } from "@homeslice/protocol";
import { WebSocket } from "ws";
import { Fleet } from "../../rig/fleet.ts";
import { Installation } from "../../rig/installation.ts";
import { type Bench, figure, quantile } from "../bench.ts";
import { rawLinesRate } from "../floors/rawLines.ts";

const AGENTS = 50;
/** What each agent prints: together a little more than the target, so that the target can be reached. */
const LINES = 22_000;
const LINES_PER_SECOND = 1_100;
const TARGET_PER_SECOND = 50_000;
const FLOOR_SECONDS = 5;

/** What a client that follows an execution received. */
interface Received {
  /** From the line's making until the client has it, in milliseconds. */
  readonly lags: number[];
  readonly seconds: number;
}

/** Output of many agents at once: from the printing of each line until a client has it, stored on its way. */
export const logs: Bench = {
  description: "lines of output from many agents, stored, and shown to a client",
  async run({ quick, say }) {
    const [agents, lines, perSecond] = quick ? [5, 500, 500] : [AGENTS, LINES, LINES_PER_SECOND];
    const installation = await Installation.open();
    try {
      const floor = await rawLinesRate(installation, quick ? 1 : FLOOR_SECONDS);
      const orchestrator = await installation.orchestrator("orchestrator");
      await orchestrator.start();
      const fleet = new Fleet(installation, [orchestrator.url]);
      await fleet.grow(agents);
      say(`${agents} agents print ${lines} lines each, ${perSecond} a second`);
      const client = await installation.client(orchestrator.url);
      const argv: [string, ...string[]] = ["/simulated", "print", String(lines), String(perSecond)];
      const { execution_id } = await client.call("startExecution", {
        body: { target_servers: fleet.serverIds, operation: { type: "shell_command", argv } },
      });
      const token = await installation.token();
      const { lags, seconds } = await follow(orchestrator.url, token, execution_id, agents * lines);
      fleet.close();
      return {
        logs: figure({ value: lags.length / seconds, unit: "lines/s", atLeast: TARGET_PER_SECOND, floor }),
        logs_lag_p50: figure({ value: quantile(lags, 0.5), unit: "ms" }),
        logs_lag_p95: figure({ value: quantile(lags, 0.95), unit: "ms", atMost: 200 }),
      };
    } finally {
      await installation.close();
    }
  },
};

/** Follows an execution to its end. @throws when a line was lost, doubled or out of order */
async function follow(url: string, token: string, execution_id: string, expected: number): Promise<Received> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws/executions/${execution_id}`, {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  await once(socket, "open");
  const lags: number[] = [];
  const last = new Map<string, number>();
  let [first, latest] = [Infinity, 0];
  let failure: Error | undefined;
  socket.on("message", (data) => {
    const now = Date.now();
    const message: LiveMessage = JSON.parse(String(data));
    if (message.type !== "log") return;
    for (const { server_id, seq, text } of LiveMessage.options[1].parse(message).entries) {
      const due = (last.get(server_id) ?? 0) + 1;
      if (seq !== due) failure ??= new Error(`line ${seq} of ${server_id} came where ${due} was due`);
      last.set(server_id, seq);
      const printed = Number(text.split(" ")[1]);
      first = Math.min(first, printed);
      latest = now;
      lags.push(now - printed);
    }
  });
  socket.send(JSON.stringify({ type: "follow" }));
  await once(socket, "close");
  if (failure !== undefined) throw failure;
  if (lags.length !== expected) throw new Error(`${lags.length} of ${expected} lines arrived`);
  return { lags, seconds: (latest - first) / 1_000 };
}
