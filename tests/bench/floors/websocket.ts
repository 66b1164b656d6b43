import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { z } from "zod";
import type { Guard } from "../../rig/guard.ts";
import { quantile } from "../bench.ts";

/** Of a frame with a signed job. */
const FRAME_BYTES = 600;
const ROUNDS = 9;

/**
 * The floor of a fan-out: a bare WebSocket server sends one frame to each of so many clients in another process, and waits
 * for a reply from each. @returns the median in milliseconds
 */
export async function rawRoundTrip(clients: number, guard: Guard): Promise<number> {
  const server = start(guard, ["server", String(FRAME_BYTES)]);
  const port = await numberFrom(server);
  const others = start(guard, ["clients", `ws://127.0.0.1:${port}`, String(clients)]);
  await numberFrom(others);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    server.send("round");
    times.push(await numberFrom(server));
  }
  const ends = [server, others].map((child) => once(child, "exit"));
  for (const child of [others, server]) child.disconnect();
  await Promise.all(ends);
  return quantile(times, 0.5);
}

function start(guard: Guard, args: readonly string[]): ChildProcess {
  const child = fork(join(import.meta.dirname, "websocketMain.ts"), [...args]);
  guard.add(child);
  return child;
}

async function numberFrom(child: ChildProcess): Promise<number> {
  return z
    .tuple([z.number()])
    .rest(z.unknown())
    .parse(await once(child, "message"))[0];
}
