import { spawnSync } from "node:child_process";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Installation, type OrchestratorDaemon } from "../../rig/installation.ts";
import { eventually } from "../../support/eventually.ts";

/** Descriptors that are left to an orchestrator, and connections that want one each. */
const SPARE = 20;
const CROWD = 200;

let installation: Installation;
let orchestrator: OrchestratorDaemon;

beforeAll(async () => {
  installation = await Installation.open();
  orchestrator = await installation.orchestrator("orchestrator");
  await orchestrator.start();
});

afterAll(async () => await installation.close());

test("F8: an orchestrator without a descriptor left does not die of it, and serves again when there are some", async ({
  skip,
}) => {
  const { status, stderr } = spawnSync("sh", [
    "-c",
    'exec prlimit --pid "$0" --nofile="$(($(ls "/proc/$0/fd" | wc -l) + $1))"',
    String(orchestrator.pid),
    String(SPARE),
  ]);
  if (status !== 0) return skip(`prlimit cannot be used: ${String(stderr)}`);
  const client = await installation.client(orchestrator.url, 2_000);
  const { pid } = orchestrator;
  const sockets = Array.from({ length: CROWD }, () => holdOpen(new URL(orchestrator.url).port));
  const turnedAway = () => sockets.filter(({ closed }) => closed).length;
  await eventually(() => turnedAway() >= CROWD - 2 * SPARE, "there are none left for most of the crowd");
  for (const socket of sockets) socket.destroy();
  const answers = () => client.call("registerServer", { body: { hostname: "after" } }).then(Boolean, () => false);
  await eventually(answers, "it serves again");
  expect(orchestrator.isRunning).toBe(true);
  expect(orchestrator.pid).toBe(pid);
});

function holdOpen(port: string): Socket {
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => socket.destroy());
  return socket;
}
