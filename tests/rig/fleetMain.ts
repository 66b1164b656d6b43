import { createPrivateKey } from "node:crypto";
import { decodePublicKey } from "@homeslice/protocol/signing.ts";
import { FleetOrder, type FleetReport } from "./fleetProtocol.ts";
import { SimulatedAgent, type Tally } from "./simulatedAgent.ts";

// The process of a fleet: as many simulated agents as it is told, until the other end of its channel is gone.

/** Agents that begin to connect at the same time. */
const CONNECTING = 100;

const agents: SimulatedAgent[] = [];
const tallies = new Map<string, Tally>();
let reported = new Map<string, number>();

function connect(order: Extract<FleetOrder, { type: "connect" }>): void {
  const orchestratorKey = decodePublicKey(order.orchestratorKey);
  const waiting = order.agents.map(({ serverId, privateKey }, i) => {
    const key = createPrivateKey({ key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" });
    const tally: Tally = { starts: new Map(), repeated: 0, settled: 0 };
    tallies.set(serverId, tally);
    const url = order.urls[i % order.urls.length] ?? "";
    return new SimulatedAgent(url, { serverId, privateKey: key, orchestratorKey }, tally);
  });
  agents.push(...waiting);
  const opened: SimulatedAgent[] = [];
  const timer = setInterval(() => {
    const connecting = opened.filter(({ connected }) => !connected).length;
    for (const agent of waiting.splice(0, CONNECTING - connecting)) {
      agent.open();
      opened.push(agent);
    }
    if (waiting.length === 0) clearInterval(timer);
  }, 5);
}

function report(): FleetReport {
  const all = [...tallies.values()];
  const starts: Record<string, number> = {};
  const now = new Map<string, number>();
  for (const [server, tally] of tallies) {
    const known = reported.get(server) ?? 0;
    for (const [attempt, at] of [...tally.starts].slice(known)) starts[`${attempt}@${server}`] = at;
    now.set(server, tally.starts.size);
  }
  reported = now;
  return {
    connected: agents.filter(({ connected }) => connected).length,
    settled: all.reduce((sum, tally) => sum + tally.settled, 0),
    repeated: all.reduce((sum, tally) => sum + tally.repeated, 0),
    starts,
  };
}

process.on("message", (message) => {
  const order = FleetOrder.parse(message);
  if (order.type === "connect") connect(order);
  else process.send?.(report());
});
process.on("disconnect", () => process.exit(0));
