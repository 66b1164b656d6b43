import { type ClaimedRow, claimQueued } from "@homeslice/orchestrator/executions/claim.ts";
import fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { Engine } from "./engine.ts";

// The order of the queue, against real PostgreSQL: one level of priority is worth a minute of waiting.

const engine = await Engine.open();
const MOST_URGENT = 9;

interface Job {
  readonly priority: number;
  /** Whole minutes that it has waited; none is of the same age and priority as another by accident. */
  readonly waited: number;
  readonly server: number;
}

const job: fc.Arbitrary<Job> = fc.record({
  priority: fc.integer({ min: 0, max: MOST_URGENT }),
  waited: fc.integer({ min: 0, max: 25 }),
  server: fc.nat({ max: 2 }),
});

const claim = async (limit: number): Promise<ClaimedRow[]> => {
  const { orchestratorId } = engine.context;
  return await claimQueued(engine.database, { orchestratorId, limit, lockMarginSeconds: 0 });
};

async function waitFor(executionId: string, minutes: number): Promise<void> {
  await sql`update execution_targets set queue_key = queue_key - ${minutes} * interval '1 minute',
    queued_at = queued_at - ${minutes} * interval '1 minute' where execution_id = ${executionId}`.execute(
    engine.database,
  );
}

async function finishAll(): Promise<void> {
  await sql`update execution_targets set state = 'succeeded', finished_at = now(), queue_key = null
    where finished_at is null`.execute(engine.database);
}

async function free(claimed: readonly ClaimedRow[]): Promise<void> {
  await sql`update execution_targets set state = 'succeeded', finished_at = now()
    where execution_id = any(${claimed.map(({ execution_id }) => execution_id)}::uuid[])`.execute(engine.database);
}

test("each server gets its work by priority and age together, as much as it has room for, and all of it in the end", async () => {
  const rooms = [1, 2, 3];
  const property = fc.asyncProperty(
    fc.array(job, { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1, max: 5 }),
    async (jobs, limit) => {
      const servers = await Promise.all(rooms.map((room) => engine.server(room)));
      const queued = new Map<string, Job>();
      for (const one of jobs) {
        const id = await engine.queue([servers[one.server] ?? ""], one);
        await waitFor(id, one.waited);
        queued.set(id, one);
      }
      const order = servers.map((): Job[] => []);
      for (let claimed = await claim(limit); queued.size > 0; claimed = await claim(limit)) {
        expect(claimed.length).toBeGreaterThan(0);
        expect(claimed.length).toBeLessThanOrEqual(limit);
        for (const [server, room] of rooms.entries()) {
          const mine = claimed.filter(({ server_id }) => server_id === servers[server]);
          expect(mine.length).toBeLessThanOrEqual(room);
          const begun = mine.flatMap(({ execution_id }) => queued.get(execution_id) ?? []);
          order[server]?.push(...begun.toSorted((a, b) => urgency(b) - urgency(a)));
        }
        for (const { execution_id } of claimed) queued.delete(execution_id);
        await free(claimed);
      }
      // Nothing that was less urgent began before anything that was more urgent, so nothing waits for ever.
      for (const begun of order) expect(begun.map(urgency)).toEqual(begun.map(urgency).toSorted((a, b) => b - a));
      await finishAll();
    },
  );
  await fc.assert(property, { numRuns: 25 });
});

test("whatever comes after it, and however urgent, work begins after as many minutes as it is less urgent, at the latest", async () => {
  const stream = fc.array(fc.integer({ min: 0, max: MOST_URGENT }), { minLength: 12, maxLength: 20 });
  const property = fc.asyncProperty(fc.integer({ min: 0, max: MOST_URGENT }), stream, async (priority, arrivals) => {
    const server = await engine.server(1);
    const old = await engine.queue([server], { priority });
    // A minute passes, more work comes, and the one place is free again.
    for (const [minute, arrival] of arrivals.entries()) {
      await sql`update execution_targets set queue_key = queue_key - interval '1 minute'
        where queue_key is not null`.execute(engine.database);
      await engine.queue([server], { priority: arrival });
      const claimed = await claim(1);
      if (claimed[0]?.execution_id === old) {
        expect(minute).toBeLessThanOrEqual(MOST_URGENT - priority);
        await finishAll();
        return;
      }
      await free(claimed);
    }
    expect.unreachable("it starves");
  });
  await fc.assert(property, { numRuns: 12 });
});

test("any number of orchestrators that claim at the same time take each piece of work once", async () => {
  const server = await engine.server(1_000);
  await Promise.all(Array.from({ length: 40 }, () => engine.queue([server])));
  const rounds = await Promise.all(Array.from({ length: 6 }, () => claim(10)));
  const rest = await claim(1_000);
  const ids = [...rounds.flat(), ...rest].map(({ execution_id }) => execution_id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(40);
});

function urgency({ priority, waited }: Job): number {
  return priority + waited;
}
