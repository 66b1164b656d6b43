import { inTenant } from "@homeslice/orchestrator/context.ts";
import { transact } from "@homeslice/orchestrator/database/database.ts";
import { endingOf } from "@homeslice/orchestrator/executions/attempt.ts";
import { claimQueued } from "@homeslice/orchestrator/executions/claim.ts";
import { endAttempts } from "@homeslice/orchestrator/executions/endings.ts";
import { Locks } from "@homeslice/orchestrator/locks/locks.ts";
import { expireLocks } from "@homeslice/orchestrator/locks/repository.ts";
import { type Actor, ApiError, DEFAULT_TENANT, LockType, NewLock } from "@homeslice/protocol";
import fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { Engine } from "./engine.ts";

// Locks, against real PostgreSQL: whoever asks, in whatever order and at the same time, each has one holder at most.

const TTL_SECONDS = 60;
const engine = await Engine.open();
const { database, orchestratorId } = engine.context;
const locks = new Locks(inTenant(engine.context, DEFAULT_TENANT));

type Step = (serverId: string) => Promise<unknown>;

const actor = (id: string): Actor => ({ type: "user", id, ip_address: null, user_agent: null });
const user = fc.constantFrom("ann", "bob").map(actor);
const which = fc.nat({ max: 5 });

/** One of the locks that there were, newest first; undefined when there was none. */
async function nth(serverId: string, place: number): Promise<string | undefined> {
  const { rows } = await sql<{ lock_id: string }>`select lock_id from locks where server_id = ${serverId}
    order by fence desc offset ${place} limit 1`.execute(database);
  return rows[0]?.lock_id;
}

/** Does something to one of the locks. */
const withLock = (change: (lockId: string, by: Actor) => Promise<unknown>) =>
  fc.tuple(which, user).map(
    ([place, by]): Step =>
      async (serverId) => {
        const lockId = await nth(serverId, place);
        if (lockId !== undefined) await change(lockId, by);
      },
  );

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(fc.constantFrom(...LockType.options), user, fc.nat({ max: 2 })).map(
      ([lock_type, by, max_extension_count]): Step =>
        (server_id) => {
          const lock = { server_id, lock_type, reason: "test", ttl_seconds: TTL_SECONDS, max_extension_count };
          return locks.acquire(NewLock.parse(lock), by);
        },
    ),
  },
  { weight: 2, arbitrary: withLock((id, by) => locks.extend(id, TTL_SECONDS, by)) },
  { weight: 2, arbitrary: withLock((id, by) => locks.release(id, by)) },
  { weight: 1, arbitrary: withLock((id, by) => locks.forceRelease(id, "test", by)) },
  { weight: 1, arbitrary: withLock(outlive) },
  { weight: 1, arbitrary: fc.constant<Step>(() => expireLocks(database)) },
  { weight: 2, arbitrary: fc.constant<Step>(claim) },
  { weight: 1, arbitrary: fc.constant<Step>(end) },
);

/** The time of a lock passes. */
async function outlive(lockId: string): Promise<void> {
  await sql`update locks set expires_at = now() where lock_id = ${lockId} and status = 'active'`.execute(database);
}

/** Work that takes the execution lock is handed out. */
async function claim(): Promise<void> {
  await claimQueued(database, { orchestratorId, limit: 10, lockMarginSeconds: 0 });
}

/** What has begun on the server ends. */
async function end(serverId: string): Promise<void> {
  const { rows } = await sql<{ execution_id: string; server_id: string; fence: number }>`
    select execution_id, server_id, fence from execution_targets
    where server_id = ${serverId} and state = 'dispatched'`.execute(database);
  await transact(database, (t) =>
    endAttempts(
      t,
      rows.map((row) => endingOf(row, "succeeded", null)),
    ),
  );
}

interface Held {
  readonly lock_type: LockType;
  readonly holders: number;
}

async function expectExclusive(serverId: string): Promise<void> {
  const { rows } = await sql<Held>`select lock_type, count(*)::integer as holders from locks
    where server_id = ${serverId} and status = 'active' group by lock_type`.execute(database);
  for (const { lock_type, holders } of rows) expect(holders, lock_type).toBe(1);
}

async function expectLawful(serverId: string): Promise<void> {
  const { rows } = await sql<{ in_order: boolean; bounded: boolean; ended: boolean; guarded: boolean }>`
    select coalesce(l.acquired_at >= lag(l.acquired_at) over (partition by l.lock_type order by l.fence), true) as in_order,
      l.current_extensions <= l.max_extension_count or l.execution_id is not null as bounded,
      (l.status = 'active') = (l.ended_at is null) as ended,
      l.status <> 'active' or l.execution_id is null or exists (select from execution_targets t
        where t.execution_id = l.execution_id and t.server_id = l.server_id and t.finished_at is null) as guarded
    from locks l where server_id = ${serverId}`.execute(database);
  for (const row of rows) expect(row).toEqual({ in_order: true, bounded: true, ended: true, guarded: true });
  // It keeps its lock until it ends, unless somebody took it away by force, or its time passed.
  const { rows: unguarded } = await sql`
    select from execution_targets t where t.server_id = ${serverId} and t.state = 'dispatched' and not exists (
      select from locks l where l.server_id = t.server_id and l.execution_id = t.execution_id
        and l.status in ('active', 'force_released', 'expired'))`.execute(database);
  expect(unguarded).toEqual([]);
}

test("each lock has one holder at most, its fence grows, it is extended as often as it may be, and ends with its work", async () => {
  const story = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 15 });
  const property = fc.asyncProperty(story, async (groups) => {
    const serverId = await engine.server(10);
    for (let work = 0; work < 4; work++) await engine.queue([serverId], { policy: { requires_lock: true } });
    for (const group of groups) {
      const answers = await Promise.allSettled(group.map((happen) => happen(serverId)));
      for (const answer of answers) if (answer.status === "rejected") expect(answer.reason).toBeInstanceOf(ApiError);
      await expectExclusive(serverId);
    }
    await expectLawful(serverId);
    await sql`update servers set session_id = null where server_id = ${serverId}`.execute(database);
  });
  await fc.assert(property, { numRuns: 40 });
}, 60_000);
