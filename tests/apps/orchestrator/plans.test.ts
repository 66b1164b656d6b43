import { claimQueued } from "@homeslice/orchestrator/executions/claim.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { Engine } from "./properties/engine.ts";

// How PostgreSQL finds what the engine asks for.

const engine = await Engine.open();
const { orchestratorId, databases } = engine.context;

/** Rows that the connection of claims has read by going through whole tables. */
async function readWhole(): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(databases.claims);
  const { rows } = await sql<{ tuples: number }>`select sum(seq_tup_read) as tuples from pg_stat_user_tables
    where relname in ('executions', 'execution_targets', 'servers', 'locks')`.execute(databases.claims);
  return Number(rows[0]?.tuples);
}

test("claims go through no whole table, though they were planned when there was nothing in it yet", async () => {
  const claim = () => claimQueued(databases.claims, { orchestratorId, limit: 1_000, lockMarginSeconds: 0 });
  await claim();
  const serverIds = await Promise.all(Array.from({ length: 20 }, () => engine.server(100)));
  for (let work = 0; work < 20; work++) await engine.queue(serverIds, { policy: { requires_lock: work === 0 } });
  const before = await readWhole();
  const claimed = await claim();
  expect(claimed.length).toBe(400);
  expect((await readWhole()) - before).toBe(0);
});
