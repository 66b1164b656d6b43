import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { UserError } from "@homeslice/config/errors.ts";

/**
 * Where ports are chosen: systems give none of these to whoever asks for any port, as each outgoing connection does
 * (Linux takes 32768 and up, others 49152 and up), nor Kubernetes to a service (30000 and up). So one that is free is so
 * still when the program for which it was chosen listens, seconds later.
 */
const PORTS = { first: 10_000, end: 30_000 } as const;
const ATTEMPTS = 100;

/**
 * A port of 127.0.0.1 that nobody listens on: the preferred one when it is free, else any.
 *
 * @param random gives an integer of at least `first` and below `end`
 * @throws UserError `port.none` when of a hundred none is free
 */
export async function freePort(
  preferred = 0,
  random: (first: number, end: number) => number = randomInt,
): Promise<number> {
  if (preferred !== 0 && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = random(PORTS.first, PORTS.end);
    if (await isFree(port)) return port;
  }
  throw new UserError({
    code: "port.none",
    what: `of ${ATTEMPTS} ports of 127.0.0.1 from ${PORTS.first} to ${PORTS.end - 1} none can be listened on`,
    fix: "Look at who listens on them, with ss -ltnp, or at what keeps programs from listening on 127.0.0.1.",
  });
}

/** Whether a port of 127.0.0.1 can be listened on. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
