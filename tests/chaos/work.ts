import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { executionMarks } from "@homeslice/agent/jobs/command.ts";
import { processTree } from "@homeslice/agent/jobs/processes.ts";
import { type Client, ClientError, type RequestOf } from "@homeslice/protocol";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** How long a client waits for an answer, and for one of an orchestrator that has been silent for long. */
const ANSWER_MS = 5_000;
const SILENT_ANSWER_MS = 500;
/** How long a client asks again, and how long executions may take to end once all is mended. */
export const PATIENCE_MS = 60_000;
/** How long the processes of what has ended may take to be gone. */
const CLEANING_MS = 10_000;
export const RETRY_MS = 50;
const MAX_LINES = 40;
const MAX_PAUSE_MS = 40;
const PAGE = 10_000;

type Body = RequestOf<"startExecution">["body"];
type Command = Partial<Extract<NonNullable<Body["operation"]>, { type: "shell_command" }>>;

/** What is started, and what is known of it beforehand. */
interface Work {
  readonly servers: readonly string[];
  readonly script: string;
  readonly lines?: number;
  readonly mayFail?: boolean;
  readonly timeoutSeconds?: number;
  readonly limits?: Command["limits"];
}

/** Who it is, as `Scene` reads it. */
export const SAY_START = 'echo "$HOMESLICE_EXECUTION_ID $HOMESLICE_SERVER_ID $HOMESLICE_ATTEMPT" >>"$0"';

/** Starts an execution as a careful client does: it asks again under the same key until it has an answer. @returns its id */
export async function begin(scene: Scene, random: Random, work: Work): Promise<string> {
  const { servers, script, lines, mayFail = false, timeoutSeconds = 3_600, limits } = work;
  const body = {
    target_servers: [...servers],
    timeout_seconds: timeoutSeconds,
    operation: {
      type: "shell_command" as const,
      argv: ["/bin/sh", "-c", `${SAY_START}; ${script}`, scene.startsFile] satisfies [string, ...string[]],
      ...(limits && { limits }),
    },
  };
  const key = randomUUID();
  const { execution_id } = await persist(scene, random, (client) =>
    client.call("startExecution", { body, idempotencyKey: key }),
  );
  scene.history.add([{ type: "acknowledged", execution: execution_id, servers, lines, mayFail }]);
  return execution_id;
}

/** Starts executions that count, on one of the agents or all of them. */
export async function submit(scene: Scene, random: Random, count: number): Promise<void> {
  const all = scene.cast.agents.map(({ serverId }) => serverId);
  for (let i = 0; i < count; i++) {
    const servers = random.next() < 0.5 ? all : [random.pick(all)];
    const lines = random.between(1, MAX_LINES);
    const pause = random.between(0, MAX_PAUSE_MS) / 1_000;
    await begin(scene, random, {
      servers,
      lines,
      script: `for i in $(seq ${lines}); do echo $i; sleep ${pause}; done`,
    });
  }
}

/** Starts an execution on every simulated agent. */
export async function submitToFleet(scene: Scene, random: Random): Promise<void> {
  const { serverIds: servers } = scene.cast.fleet;
  if (servers.length === 0) return;
  const operation = { type: "shell_command" as const, argv: ["/simulated", "finish"] satisfies [string, ...string[]] };
  const body = { target_servers: servers, operation };
  const idempotencyKey = randomUUID();
  const { execution_id } = await persist(scene, random, (client) =>
    client.call("startExecution", { body, idempotencyKey }),
  );
  scene.history.add([{ type: "acknowledged", execution: execution_id, servers, lines: 0, mayFail: false }]);
}

/** Waits until an execution has ended. */
export async function ended(scene: Scene, executions: readonly string[]): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  const query = "select from execution_targets where execution_id = any($1::uuid[]) and finished_at is null limit 1";
  const isOpen = async () =>
    await scene.cast.installation.query(query, [executions]).then(
      (rows) => rows.length > 0,
      () => true, // the database may be what was killed
    );
  while ((await isOpen()) && performance.now() < deadline) await setTimeout(RETRY_MS);
}

/** Waits until everything has ended, as far as it does; then takes all that is to be checked into the history. */
export async function settle(scene: Scene, random: Random): Promise<void> {
  const acknowledged = scene.history.events.filter((event) => event.type === "acknowledged");
  await ended(
    scene,
    acknowledged.map(({ execution }) => execution),
  );
  await scene.record();
  const printed = acknowledged.filter(({ lines }) => lines !== 0);
  const outputs = printed.flatMap(({ execution, servers }) => servers.map((server) => ({ execution, server })));
  await Promise.all(outputs.map(({ execution, server }) => recordLines(scene, random, execution, server)));
  await Promise.all([...scene.unruly].map((execution) => recordLeft(scene, execution)));
  scene.unruly.clear();
}

async function recordLines(scene: Scene, random: Random, execution: string, server: string): Promise<void> {
  for (let after = 0; ; ) {
    const query = { server_id: server, after, limit: PAGE };
    const { items } = await persist(scene, random, (client) =>
      client.call("getExecutionLogs", { params: { execution_id: execution }, query }),
    );
    scene.history.add(
      items.map(({ seq, text }) => ({ type: "line", execution, server, seq, text: text.slice(0, 200) })),
    );
    if (items.length < PAGE) return;
    after = items.at(-1)?.seq ?? after;
  }
}

async function recordLeft(scene: Scene, execution: string): Promise<void> {
  const deadline = performance.now() + CLEANING_MS;
  const left = async () => (await processTree(undefined, executionMarks({ executionId: execution }))).length;
  let processes = await left();
  while (processes > 0 && performance.now() < deadline) {
    await setTimeout(RETRY_MS);
    processes = await left();
  }
  if (processes > 0) scene.history.add([{ type: "left", execution, processes }]);
}

/** Asks one orchestrator and then the other, always as the same user, until one answers. */
export async function persist<T>(scene: Scene, random: Random, ask: (client: Client) => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  const { installation, replicas } = scene.cast;
  let replica = random.pick(replicas);
  // A key by which something is asked again is one of its user.
  const token = await installation.token();
  for (;;) {
    const answerMs = replica === scene.frozen ? SILENT_ANSWER_MS : ANSWER_MS;
    const client = await installation.client(replica.daemon.url, answerMs, token);
    try {
      return await ask(client);
    } catch (error) {
      const isPassing = error instanceof ClientError && (error.problem.status === 0 || error.problem.status >= 500);
      if (!isPassing || performance.now() > deadline) throw error;
      replica = replicas.find((other) => other !== replica) ?? replica;
      await setTimeout(RETRY_MS);
    }
  }
}
