import { expireApproval } from "../approvals/approvals.ts";
import { noteFailures } from "../breaker/repository.ts";
import type { Context } from "../context.ts";
import { type Connection, transact } from "../database/database.ts";
import { endAttempts, settle } from "../executions/endings.ts";
import { judgeLost } from "../executions/judgement.ts";
import { expireQueued, releaseRetries } from "../executions/rollout.ts";
import { lockGivenUp, markUnreachable } from "../executions/targets.ts";
import { expireLocks } from "../locks/repository.ts";
import { Loop } from "../loop.ts";
import { announce, type Occurrence } from "../notifications/announce.ts";
import { expireSessions, findNames } from "../servers/sessions.ts";

/** Rows that one transaction of a sweep takes, at most. */
const BATCH = 1_000;

/**
 * Finds what time has ended: links whose orchestrator died without a word, locks, approvals, places in the queue, delays before
 * another attempt, and the patience with agents out of sight. Every orchestrator sweeps; which one finds something
 * first does not matter.
 */
export class Sweeper {
  readonly #loop: Loop;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.#loop = new Loop("sweeper", () => this.#sweep(), context.timings.sweepMs, context.log);
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #sweep(): Promise<void> {
    const { database, bus } = this.#context;
    const changed = [
      ...(await transact(database, (transaction) => this.#sweepSessions(transaction))),
      ...(await transact(database, sweepGivenUp)),
      ...(await transact(database, sweepExpired)),
      ...(await this.#sweepApprovals()),
    ];
    for (const execution_id of new Set(changed)) bus.publish({ kind: "execution", execution_id });
    const retried = await releaseRetries(database, BATCH);
    const freed = await expireLocks(database);
    if (retried + freed.length + changed.length > 0) bus.publish({ kind: "work" });
  }

  async #sweepApprovals(): Promise<string[]> {
    const ended: string[] = [];
    for (;;) {
      const executionId = await transact(this.#context.database, expireApproval);
      if (executionId === undefined) return ended;
      ended.push(executionId);
    }
  }

  async #sweepSessions(transaction: Connection): Promise<string[]> {
    const expired = await expireSessions(transaction);
    if (expired.length > 0) this.#context.log.warn({ servers: expired.length }, "agent links expired");
    await announce(transaction, await lostSight(transaction, expired));
    const cutOff = await markUnreachable(transaction, expired);
    await noteFailures(transaction, [...new Set(cutOff.map(({ server_id }) => server_id))].sort());
    return cutOff.map(({ execution_id }) => execution_id);
  }
}

async function lostSight(connection: Connection, serverIds: readonly string[]): Promise<Occurrence[]> {
  const servers = await findNames(connection, serverIds);
  return servers.map(({ tenant_id, hostname }) => ({
    tenant_id,
    event: "server.unreachable",
    fields: { server: hostname },
  }));
}

async function sweepGivenUp(transaction: Connection): Promise<string[]> {
  const targets = await lockGivenUp(transaction, BATCH);
  const error = "its agent was out of sight for longer than it was to be waited for";
  return await endAttempts(transaction, await judgeLost(transaction, targets, error));
}

async function sweepExpired(transaction: Connection): Promise<string[]> {
  const ended = await expireQueued(transaction, BATCH);
  await settle(transaction, ended);
  return ended.map(({ execution_id }) => execution_id);
}
