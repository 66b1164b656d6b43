import { randomUUID } from "node:crypto";
import { Dispatcher } from "@homeslice/orchestrator/agents/dispatcher.ts";
import { AgentRegistry } from "@homeslice/orchestrator/agents/registry.ts";
import type { Context } from "@homeslice/orchestrator/context.ts";
import { claimQueued } from "@homeslice/orchestrator/executions/claim.ts";
import { workOn } from "@homeslice/orchestrator/live/bus.ts";
import { DEFAULT_TENANT } from "@homeslice/protocol";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { Engine } from "./properties/engine.ts";

// Work that is claimed in the transaction that stores it. The dispatcher looks by itself no more often than once a minute.

const engine = await Engine.open();
const starts = engine.context.databases.starts(DEFAULT_TENANT);

async function finishAll(): Promise<void> {
  await sql`update execution_targets set state = 'succeeded', finished_at = now(), queue_key = null
    where finished_at is null`.execute(engine.database);
}

/** A dispatcher that has looked everywhere, and a server with one place. */
async function dispatching(more: Partial<Context> = {}) {
  await finishAll();
  const registry = new AgentRegistry();
  const sent: string[] = [];
  const server = async () => {
    const serverId = await engine.server(1);
    const { rows } = await sql<{ session_id: string }>`
      select session_id from servers where server_id = ${serverId}`.execute(engine.database);
    registry.add({
      sessionId: rows[0]?.session_id ?? randomUUID(),
      serverId,
      run: ({ execution_id }) => sent.push(execution_id),
      cancel: () => {},
      review: async () => {},
      close: () => {},
    });
    return serverId;
  };
  const [serverId, other] = [await server(), await server()];
  const timings = { ...engine.context.timings, pollMs: 60_000 };
  const dispatcher = new Dispatcher({ ...engine.context, timings, ...more }, registry);
  const canary = await engine.queue([other]);
  dispatcher.start();
  onTestFinished(() => dispatcher.stop());
  const isSent = (executionId: string) => eventually(async () => sent.includes(executionId), "it is sent");
  await isSent(canary);
  await finishAll();
  sent.length = 0;

  /** Starts work on the server. @param meanwhile what happens before it is committed */
  const start = async (meanwhile: (executionId: string) => Promise<void> = async () => {}) =>
    (
      await dispatcher.starting((claimable) =>
        starts.transaction().execute(async (transaction) => {
          const executionId = await engine.queueWithin(transaction, [serverId]);
          const options = claimable([serverId]);
          const claimed = options === undefined ? [] : await claimQueued(transaction, options);
          await meanwhile(executionId);
          return { executionId, claimed };
        }),
      )
    ).executionId;
  return { start, sent, isSent, serverId, other };
}

test("goes out once it is stored, and not before, without a word to the dispatcher", async () => {
  const { start, sent } = await dispatching();
  const executionId = await start(async () => expect(sent).toEqual([]));
  expect(sent).toEqual([executionId]);
});

test("goes out neither when it is not stored, nor keeps what comes later from going out", async () => {
  const { start, sent } = await dispatching();
  const failure = new Error("it is not stored");
  await expect(start(() => Promise.reject(failure))).rejects.toBe(failure);
  expect(sent).toEqual([]);
  const executionId = await start();
  expect(sent).toEqual([executionId]);
});

test("leaves a server no more to do than it has room for, whoever else claims at the same time", async () => {
  const { start, sent, isSent, serverId, other } = await dispatching();
  let second = "";
  const first = await start(async () => {
    second = await start();
    engine.context.bus.publish(workOn([serverId]));
  });
  const elsewhere = await engine.queue([other]);
  engine.context.bus.publish(workOn([serverId, other]));
  await isSent(elsewhere);
  expect(sent.toSorted()).toEqual([first, elsewhere].toSorted());
  await sql`update execution_targets set state = 'succeeded', finished_at = now() where execution_id = ${first}`.execute(
    engine.database,
  );
  engine.context.bus.publish(workOn([serverId]));
  await isSent(second);
});

test("waits for the dispatcher where a limit is shared with others", async () => {
  const { start, sent, isSent, serverId } = await dispatching({ maxRunning: 1 });
  const executionId = await start();
  expect(sent).toEqual([]);
  engine.context.bus.publish(workOn([serverId]));
  await isSent(executionId);
});
