import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { type Client, ClientError } from "@homeslice/protocol";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** How long a client asks again, and how long executions may take to end once all is mended. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 100;
const MAX_LINES = 40;
const MAX_PAUSE_MS = 40;

/** Starts executions as a careful client does: it asks again under the same key until it has an answer. */
export async function submit(scene: Scene, random: Random, count: number): Promise<void> {
  const all = scene.agents.map(({ serverId }) => serverId);
  for (let i = 0; i < count; i++) {
    const servers = random.next() < 0.5 ? all : [random.pick(all)];
    const lines = random.between(1, MAX_LINES);
    const pause = random.between(0, MAX_PAUSE_MS) / 1_000;
    const script = `pwd >>"$0"; for i in $(seq ${lines}); do echo $i; sleep ${pause}; done`;
    const body = {
      target_servers: servers,
      operation: {
        type: "shell_command" as const,
        argv: ["/bin/sh", "-c", script, scene.startsFile] satisfies [string, ...string[]],
      },
    };
    const key = randomUUID();
    const { execution_id } = await persist(scene, random, (client) =>
      client.call("startExecution", { body, idempotencyKey: key }),
    );
    scene.history.add([{ type: "acknowledged", execution: execution_id, servers, lines }]);
  }
}

/** Starts an execution on every simulated agent. @returns its id */
export async function submitToFleet(scene: Scene, random: Random): Promise<string | undefined> {
  if (scene.fleet.serverIds.length === 0) return undefined;
  const operation = { type: "shell_command" as const, argv: ["/simulated", "finish"] satisfies [string, ...string[]] };
  const body = { target_servers: scene.fleet.serverIds, operation };
  const idempotencyKey = randomUUID();
  const { execution_id } = await persist(scene, random, (client) =>
    client.call("startExecution", { body, idempotencyKey }),
  );
  scene.history.add([{ type: "acknowledged", execution: execution_id, servers: scene.fleet.serverIds, lines: 0 }]);
  return execution_id;
}

/** Waits until everything has ended, as far as it does; then takes all that is to be checked into the history. */
export async function settle(scene: Scene, random: Random, executions: ReadonlySet<string>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  const isOpen = async () => {
    const rows = await scene.installation.query(
      "select from execution_targets where execution_id = any($1::uuid[]) and finished_at is null limit 1",
      [[...executions]],
    );
    return rows.length > 0;
  };
  while ((await isOpen()) && performance.now() < deadline) await setTimeout(RETRY_MS);
  await scene.record();
  for (const execution of executions) {
    const query = { limit: 10_000 };
    const { items } = await persist(scene, random, (client) =>
      client.call("getExecutionLogs", { params: { execution_id: execution }, query }),
    );
    scene.history.add(
      items.map(({ server_id, seq, text }) => ({ type: "line", execution, server: server_id, seq, text })),
    );
  }
}

/** Asks one orchestrator or the other until one answers. */
async function persist<T>(scene: Scene, random: Random, ask: (client: Client) => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const client = await scene.installation.client(random.pick(scene.replicas).daemon.url, 5_000);
    try {
      return await ask(client);
    } catch (error) {
      const isPassing = error instanceof ClientError && (error.problem.status === 0 || error.problem.status >= 500);
      if (!isPassing || performance.now() > deadline) throw error;
      await setTimeout(RETRY_MS);
    }
  }
}
