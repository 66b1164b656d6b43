import type { Report } from "@homeslice/orchestrator/agents/fold.ts";
import { reconcile } from "@homeslice/orchestrator/agents/reconcile.ts";
import { LinkOutOfStep, Reports } from "@homeslice/orchestrator/agents/reports.ts";
import { transact } from "@homeslice/orchestrator/database/database.ts";
import { claimQueued } from "@homeslice/orchestrator/executions/claim.ts";
import { endAttempts, settle } from "@homeslice/orchestrator/executions/endings.ts";
import { judgeLost } from "@homeslice/orchestrator/executions/judgement.ts";
import { expireQueued, releaseRetries } from "@homeslice/orchestrator/executions/rollout.ts";
import { lockGivenUp, markUnreachable, requestCancel } from "@homeslice/orchestrator/executions/targets.ts";
import { type HeldAttempt, isFinal, Outcome, type TargetState } from "@homeslice/protocol";
import fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { Engine } from "./engine.ts";

// The life of an execution on a server, against real PostgreSQL: whatever is reported and done, in whatever order, how
// often and at the same time, states move forward only, and output has no gap.

const RETRIES = 2;
const engine = await Engine.open();
const { database, orchestratorId } = engine.context;
const reports = new Reports(engine.context);
await sql`create table moves (move_id bigserial primary key, execution_id uuid, fence integer, state text, acknowledged boolean)`.execute(
  database,
);
await sql`create function note_move() returns trigger language plpgsql as $$ begin
  insert into moves (execution_id, fence, state, acknowledged) values (new.execution_id, new.fence, new.state, old.acknowledged);
  return null; end $$`.execute(database);
await sql`create trigger note_move after update on execution_targets for each row
  when (old.state is distinct from new.state or old.fence <> new.fence) execute function note_move()`.execute(database);

interface Place {
  readonly serverId: string;
  readonly executionId: string;
}

/** Something that happens; each is what the orchestrator does when it happens. */
type Step = (place: Place) => Promise<unknown>;

const at = new Date(0).toISOString();
const fence = fc.integer({ min: 1, max: RETRIES + 2 });

const finish = fc.record({
  fence,
  outcome: fc.constantFrom(...Outcome.options),
  exit_code: fc.constantFrom(0, 1, null),
  last_seq: fc.nat({ max: 6 }),
});
const report: fc.Arbitrary<(executionId: string) => Report> = fc.oneof(
  fc.record({ fence, to: fc.constantFrom("acknowledged" as const, "running" as const) }).map((progress) => () => ({
    type: "progress" as const,
    ...progress,
  })),
  fc
    .tuple(fence, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 }))
    .map(([number, first, count]) => () => ({
      type: "output" as const,
      fence: number,
      lines: Array.from({ length: count }, (_, index) => ({
        seq: first + index,
        stream: "stdout" as const,
        text: "x",
        at,
      })),
    })),
  finish.map((end) => (execution_id: string) => ({
    type: "finished" as const,
    fence: end.fence,
    finish: { execution_id, ...end, error: null, duration_seconds: 1 },
  })),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: report.map((make) => (place: Place) => say(place, make(place.executionId))) },
  {
    weight: 4,
    arbitrary: fc.constant<Step>(() => claimQueued(database, { orchestratorId, limit: 10, lockMarginSeconds: 0 })),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Step>(({ serverId }) => transact(database, (t) => markUnreachable(t, [serverId]))),
  },
  {
    weight: 2,
    arbitrary: held().map(
      (make) => (place: Place) => transact(database, (t) => reconcile(t, place.serverId, make(place))),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Step>(() => releaseRetries(database, 100)) },
  { weight: 1, arbitrary: fc.constant<Step>(giveUp) },
  {
    weight: 1,
    arbitrary: fc.constant<Step>(({ executionId }) =>
      transact(database, async (t) => settle(t, (await requestCancel(t, executionId)).ended)),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>(expire) },
);

/** What the agent says it holds when it comes back. */
function held(): fc.Arbitrary<(place: Place) => HeldAttempt[]> {
  const attempt = fc.record({
    fence,
    state: fc.constantFrom("accepted" as const, "running" as const, "finished" as const),
  });
  return fc.option(attempt, { nil: undefined }).map(
    (one) =>
      ({ executionId }: Place) =>
        one === undefined ? [] : [{ execution_id: executionId, ...one }],
  );
}

async function say({ serverId, executionId }: Place, what: Report): Promise<void> {
  await reports.take({ server_id: serverId, execution_id: executionId, report: what }).catch((error: unknown) => {
    // The link is closed then, and both sides agree anew.
    if (!(error instanceof LinkOutOfStep)) throw error;
  });
}

/** The patience with an agent out of sight is over. */
async function giveUp({ executionId }: Place): Promise<void> {
  await sql`update execution_targets set state_since = now() - interval '1 hour'
    where execution_id = ${executionId} and state = 'unreachable'`.execute(database);
  await transact(database, async (transaction) => {
    await endAttempts(transaction, await judgeLost(transaction, await lockGivenUp(transaction, 100), "away"));
  });
}

/** The time in the queue is over. */
async function expire({ executionId }: Place): Promise<void> {
  await sql`update execution_targets set queue_expires_at = now() - interval '1 second'
    where execution_id = ${executionId} and queue_key is not null`.execute(database);
  await transact(database, async (transaction) => settle(transaction, await expireQueued(transaction, 100)));
}

interface Move {
  readonly fence: number;
  readonly state: TargetState;
  readonly acknowledged: boolean;
}

/** How far each state is within an attempt; waiting for the next attempt comes after all of this one. */
const rank: Readonly<Record<string, number>> = { dispatched: 1, acknowledged: 2, running: 3, queued: 4 };

function expectForward(moves: readonly Move[]): void {
  const path = moves.map((move) => `${move.state} ${move.fence}`).join(" → ");
  let [current, furthest, ended] = [0, 0, false];
  for (const move of moves) {
    expect(ended, path).toBe(false);
    if (isFinal(move.state)) {
      ended = true;
    } else if (move.fence === current + 1) {
      expect([move.state, furthest === 0 || furthest === 4], path).toEqual(["dispatched", true]);
      [current, furthest] = [move.fence, 1];
    } else if (move.state !== "unreachable") {
      expect(move.fence, path).toBe(current);
      const isSentAgain = move.state === "dispatched" && furthest === 1 && !move.acknowledged;
      expect(isSentAgain || (rank[move.state] ?? 0) >= furthest, path).toBe(true);
      furthest = rank[move.state] ?? 0;
    }
  }
  expect(current, path).toBeLessThanOrEqual(RETRIES + 1);
}

async function expectConsistent({ executionId }: Place): Promise<void> {
  const { rows } = await sql<{
    open: number;
    ended: number;
    complete: boolean;
    lines: number[];
    last_seq: number;
    locks: number;
  }>`
    select (select count(*) from execution_targets t where t.execution_id = e.execution_id and finished_at is null) as open,
      e.success_count + e.failure_count as ended, e.completed_at is not null as complete,
      array(select seq::integer from log_lines l where l.execution_id = e.execution_id order by seq) as lines,
      (select last_seq from execution_targets t where t.execution_id = e.execution_id) as last_seq,
      (select count(*) from locks l where l.execution_id = e.execution_id and l.status = 'active') as locks
    from executions e where execution_id = ${executionId}`.execute(database);
  const [row] = rows;
  expect(row).toBeDefined();
  if (row === undefined) return;
  expect([row.ended, row.complete]).toEqual([1 - row.open, row.open === 0]);
  expect(row.lines).toEqual(Array.from({ length: row.last_seq }, (_, index) => index + 1));
  if (row.open === 0) expect(row.locks).toBe(0);
}

test("states move forward only, attempts one by one, and lines have no gap, whatever comes in whatever order", async () => {
  const policy = {
    idempotent: true,
    retry_count: RETRIES,
    retry_delay_seconds: 0,
    requires_lock: true,
    on_disconnect: "give_up" as const,
    give_up_after_seconds: 60,
    on_lost: "retry" as const,
  };
  // What is in one group happens at the same time.
  const groups = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 5, maxLength: 25 });
  const property = fc.asyncProperty(groups, async (story) => {
    const serverId = await engine.server();
    const place = { serverId, executionId: await engine.queue([serverId], { policy }) };
    for (const group of story) await Promise.all(group.map((happen) => happen(place)));
    const { rows } = await sql<Move>`select fence, state, acknowledged from moves
      where execution_id = ${place.executionId} order by move_id`.execute(database);
    expectForward(rows);
    await expectConsistent(place);
  });
  await fc.assert(property, { numRuns: 60 });
}, 60_000);
