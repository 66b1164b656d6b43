import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";
import { PATIENCE_MS, persist, RETRY_MS, SAY_START } from "./work.ts";

/** What the first step hands on, and the second one wants. */
const RELEASE = 7;

/** Starts a run of a workflow whose steps need each other, as a careful client does. */
export async function beginRun(scene: Scene, random: Random): Promise<void> {
  scene.workflow ??= await define(scene, random);
  const params = { workflow_id: scene.workflow };
  const idempotencyKey = randomUUID();
  const { run_id } = await persist(scene, random, (client) =>
    client.call("startWorkflow", { params, body: {}, idempotencyKey }),
  );
  scene.runs.add(run_id);
}

/** Waits until the runs have ended, as far as they do; then takes their steps into the history, to be checked like any work. */
export async function settleRuns(scene: Scene, random: Random): Promise<void> {
  const { installation } = scene.cast;
  const deadline = performance.now() + PATIENCE_MS;
  const isOpen = async () => {
    const query = "select from workflow_runs where run_id = any($1::uuid[]) and completed_at is null limit 1";
    return (await installation.query(query, [[...scene.runs]])).length > 0;
  };
  while ((await isOpen()) && performance.now() < deadline) await setTimeout(RETRY_MS);
  await Promise.all([...scene.runs].map((run) => record(scene, random, run)));
  scene.runs.clear();
}

async function record(scene: Scene, random: Random, run: string): Promise<void> {
  const query = { batch_id: run, sort: "created" as const };
  const { items } = await persist(scene, random, (client) => client.call("listExecutions", { query }));
  const { state, steps } = await persist(scene, random, (client) =>
    client.call("getWorkflowRun", { params: { run_id: run } }),
  );
  for (const { execution_id: execution } of items) {
    const targets = await persist(scene, random, (client) =>
      client.call("listExecutionTargets", { params: { execution_id: execution }, query: {} }),
    );
    const servers = targets.items.map(({ server_id }) => server_id);
    scene.history.add([{ type: "acknowledged", execution, servers, lines: undefined, mayFail: false }]);
  }
  const executions = items.map(({ execution_id }) => execution_id);
  scene.history.add([{ type: "run", run, state, executions, steps: steps.map(({ execution_id }) => execution_id) }]);
}

/** Builds on one agent, brings what it made to one after the other, and looks at it. */
async function define(scene: Scene, random: Random): Promise<string> {
  const all = scene.cast.agents.map(({ serverId }) => serverId);
  const step = (name: string, servers: readonly string[], script: string, ...more: string[]) => ({
    name,
    execution: {
      target_servers: [...servers],
      operation: {
        type: "shell_command" as const,
        argv: ["/bin/sh", "-c", `${SAY_START}; ${script}`, scene.startsFile, ...more] satisfies [string, ...string[]],
      },
    },
  });
  const build = step("build", all.slice(0, 1), `echo release=${RELEASE}`);
  const deploy = step("deploy", all, `test "$1" = ${RELEASE}`, "{{release}}");
  const parameters = { release: "{{steps.build.release}}" };
  const steps = [
    { ...build, outputs: { release: { type: "integer" as const } } },
    { ...deploy, needs: ["build"], execution: { ...deploy.execution, parameters, rollout: { parallelism: 1 } } },
    { ...step("look", all.slice(-1), ":"), needs: ["deploy"] },
  ];
  const body = { name: "under faults", steps };
  return (await persist(scene, random, (client) => client.call("createWorkflow", { body }))).workflow_id;
}
