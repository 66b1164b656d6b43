import { once } from "node:events";
import { createServer } from "node:net";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { expect, onTestFinished, test } from "vitest";

/** A port on which somebody listens until the test ends. */
async function takenPort(): Promise<number> {
  const port = await freePort();
  const server = createServer().listen(port, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return port;
}

test("no port is chosen that the system gives to whoever asks for any: between the choice and its use it may do so", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
  expect(new Set(ports).size).toBeGreaterThan(1);
  expect(ports.filter((port) => port < 10_000 || port >= 30_000)).toEqual([]);
});

test("the preferred port is chosen while it is free, and another one when it is not", async () => {
  const taken = await takenPort();
  const free = await freePort();
  const random = () => free;
  expect(await freePort(free)).toBe(free);
  expect(await freePort(taken, random)).toBe(free);
});

test("a port that somebody listens on is passed over, and when there is no other, that is said", async () => {
  const taken = await takenPort();
  const free = await freePort();
  const ports = [taken, taken, free];
  expect(await freePort(0, () => ports.shift() ?? 0)).toBe(free);
  await expect(freePort(0, () => taken)).rejects.toMatchObject({ code: "port.none" });
});
