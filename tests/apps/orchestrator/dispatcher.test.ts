import { randomUUID } from "node:crypto";
import { Dispatcher } from "@homeslice/orchestrator/agents/dispatcher.ts";
import { AgentRegistry } from "@homeslice/orchestrator/agents/registry.ts";
import type { Context } from "@homeslice/orchestrator/context.ts";
import { workOn } from "@homeslice/orchestrator/live/bus.ts";
import { sql } from "kysely";
import { onTestFinished, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { Engine } from "./properties/engine.ts";

// Where a dispatcher looks for work, against real PostgreSQL. By itself it looks no more often than once a minute.

const POLL_MS = 60_000;
const engine = await Engine.open();

/** A server whose link the dispatchers of these tests hold. */
async function server(registry: AgentRegistry, maxConcurrentJobs = 1): Promise<string> {
  const serverId = await engine.server(maxConcurrentJobs);
  const nothing = () => {};
  registry.add({
    sessionId: randomUUID(),
    serverId,
    run: nothing,
    cancel: nothing,
    review: async () => {},
    close: nothing,
  });
  return serverId;
}

async function isQueued(executionId: string): Promise<boolean> {
  const { rows } =
    await sql`select from execution_targets where execution_id = ${executionId} and state = 'queued'`.execute(
      engine.database,
    );
  return rows.length === 1;
}

async function finishAll(): Promise<void> {
  await sql`update execution_targets set state = 'succeeded', finished_at = now(), queue_key = null
    where finished_at is null`.execute(engine.database);
}

const begins = (executionId: string) => eventually(async () => !(await isQueued(executionId)), "it begins");

/** A dispatcher that has just looked everywhere, and two servers with nothing to do. */
async function dispatching(more: Partial<Context> = {}): Promise<{ one: string; two: string }> {
  await finishAll();
  const registry = new AgentRegistry();
  const [first, one, two] = [await server(registry), await server(registry), await server(registry, 2)];
  const timings = { ...engine.context.timings, pollMs: POLL_MS };
  const dispatcher = new Dispatcher({ ...engine.context, timings, ...more }, registry);
  const canary = await engine.queue([first]);
  dispatcher.start();
  onTestFinished(() => dispatcher.stop());
  await begins(canary);
  await finishAll();
  return { one, two };
}

test("a hint brings what is first in the queue of the server that it names, and nothing of another's", async ({
  expect,
}) => {
  const { one, two } = await dispatching();
  const unheard = await engine.queue([two]);
  const urgent = await engine.queue([one], { priority: 9 });
  const late = await engine.queue([one], { priority: 1 });
  engine.context.bus.publish(workOn([one]));
  await begins(urgent);
  expect(await Promise.all([unheard, late].map(isQueued))).toEqual([true, true]);
  engine.context.bus.publish({ kind: "work" });
  await begins(unheard);
  expect(await isQueued(late)).toBe(true);
});

test("work whose hint was lost begins all the same, however many hints come for other servers, whatever is done to the clock", async () => {
  for (const milliseconds of [POLL_MS, -POLL_MS]) {
    let at = Date.now();
    const { one, two } = await dispatching({ now: () => new Date(at) });
    const unheard = await engine.queue([two]);
    at += milliseconds;
    engine.context.bus.publish(workOn([one]));
    await begins(unheard);
  }
});

test("a limit that is set after the clock was set back holds as soon as any other", async ({ expect }) => {
  let at = Date.now();
  const { one, two } = await dispatching({ now: () => new Date(at) });
  at -= 2 * POLL_MS;
  await sql`insert into limits (scope, max_running, changed_by) values ('*', 1, 'test')`.execute(engine.database);
  onTestFinished(async () => {
    await sql`delete from limits`.execute(engine.database);
  });
  const first = await engine.queue([two]);
  const second = await engine.queue([two]);
  const elsewhere = await engine.queue([one]);
  engine.context.bus.publish(workOn([two]));
  await begins(first);
  expect(await Promise.all([second, elsewhere].map(isQueued))).toEqual([true, true]);
});

test("under a limit that servers share, a hint for one lets what waits longer on another begin first", async ({
  expect,
}) => {
  const { one, two } = await dispatching({ maxRunning: 1 });
  const older = await engine.queue([two]);
  const newer = await engine.queue([one]);
  engine.context.bus.publish(workOn([one]));
  await begins(older);
  expect(await isQueued(newer)).toBe(true);
});

test("what a lock keeps out that the same round took leaves its place to what is behind it", async ({ expect }) => {
  const { two } = await dispatching();
  const policy = { requires_lock: true };
  const [first, kept] = [await engine.queue([two], { policy }), await engine.queue([two], { policy })];
  const behind = await engine.queue([two]);
  engine.context.bus.publish(workOn([two]));
  await begins(behind);
  expect(await Promise.all([first, kept].map(isQueued))).toEqual([false, true]);
});
