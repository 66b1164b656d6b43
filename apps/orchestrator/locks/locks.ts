import {
  type Actor,
  ApiError,
  type AuditEventType,
  type Lock,
  type NewLock,
  type RequestOf,
  type ResponseOf,
} from "@homeslice/protocol";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Connection, isUniqueViolation, transact } from "../database/database.ts";
import * as repository from "./repository.ts";

/** Locks of servers: the rules. Executions take and release theirs where they are claimed and where they end. */
export class Locks {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(query: RequestOf<"listLocks">["query"]): Promise<ResponseOf<"listLocks">> {
    return await repository.listLocks(this.#context.database, query);
  }

  /** @throws ApiError not_found */
  async get(lockId: string): Promise<Lock> {
    const lock = await repository.findLock(this.#context.database, lockId);
    if (lock === undefined) throw noLock(lockId);
    return lock;
  }

  /** @throws ApiError not_found, conflict while another lock stands against it */
  async acquire(lock: NewLock, actor: Actor): Promise<Lock> {
    const { database, bus } = this.#context;
    try {
      const acquired = await database.transaction().execute(async (transaction) => {
        if (!(await repository.holdServer(transaction, lock.server_id))) {
          throw new ApiError("not_found", `there is no server ${lock.server_id}`);
        }
        await repository.expireLocks(transaction);
        const obstacle = await repository.findObstacle(transaction, lock);
        if (obstacle !== undefined) throw inTheWay(obstacle);
        const taken = await repository.insertLock(transaction, lock, actor.id);
        await audit(transaction, actor, "lock.acquired", taken, { reason: lock.reason });
        return taken;
      });
      bus.publish({ kind: "work" });
      return acquired;
    } catch (error) {
      // An execution took its lock at the same moment: the claim of work does not wait for anybody.
      if (!isUniqueViolation(error)) throw error;
      throw new ApiError("conflict", `the ${lock.lock_type} lock of the server was just taken`, waitFix);
    }
  }

  /** @throws ApiError not_found, not_permitted, conflict when it has ended or may not be extended any more */
  async extend(lockId: string, ttlSeconds: number, actor: Actor): Promise<Lock> {
    return await this.#change(lockId, async (transaction, lock) => {
      refuseForeign(lock, actor);
      const { current_extensions, max_extension_count } = lock.timing;
      if (current_extensions >= max_extension_count) {
        throw new ApiError("conflict", `the lock was extended ${current_extensions} times, which is its limit`, {
          fix: "finish the work and release the lock, then take a new one",
        });
      }
      const extended = await repository.extendLock(transaction, lockId, ttlSeconds);
      await audit(transaction, actor, "lock.extended", extended, { ttl_seconds: ttlSeconds });
      return extended;
    });
  }

  /** @throws ApiError not_found, not_permitted when it is somebody else's, conflict when it has ended */
  async release(lockId: string, actor: Actor): Promise<Lock> {
    return await this.#change(lockId, async (transaction, lock) => {
      refuseForeign(lock, actor);
      const released = await repository.endLock(transaction, lockId, "released", actor.id, "released by its holder");
      await audit(transaction, actor, "lock.released", released);
      return released;
    });
  }

  /** @throws ApiError not_found, conflict when it has ended */
  async forceRelease(lockId: string, reason: string, actor: Actor): Promise<Lock> {
    return await this.#change(lockId, async (transaction, lock) => {
      const released = await repository.endLock(transaction, lockId, "force_released", actor.id, reason);
      await audit(transaction, actor, "lock.force_released", released, { reason, locked_by: lock.locked_by });
      return released;
    });
  }

  async #change(lockId: string, change: (transaction: Connection, lock: Lock) => Promise<Lock>): Promise<Lock> {
    const { database, bus, now } = this.#context;
    const changed = await transact(database, async (transaction) => {
      const lock = await repository.lockForUpdate(transaction, lockId);
      if (lock === undefined) throw noLock(lockId);
      if (lock.status !== "active" || Date.parse(lock.timing.expires_at) <= now().getTime()) {
        const status = lock.status === "active" ? "expired" : lock.status;
        throw new ApiError("conflict", `the lock has ended: it is ${status}`, { fix: "take a new lock" });
      }
      return await change(transaction, lock);
    });
    bus.publish({ kind: "work" });
    return changed;
  }
}

const waitFix = { fix: "wait until it is released or over, or have it released by force" };

function inTheWay({ lock_type, locked_by, timing, lock_metadata }: Lock): ApiError {
  const since = `since ${timing.acquired_at}, until ${timing.expires_at}`;
  const what = `${locked_by.user} holds the ${lock_type} lock of the server (${lock_metadata.reason}) ${since}`;
  return new ApiError("conflict", what, waitFix);
}

function noLock(lockId: string): ApiError {
  return new ApiError("not_found", `there is no lock ${lockId}`);
}

function refuseForeign({ locked_by }: Lock, actor: Actor): void {
  if (locked_by.user === actor.id && locked_by.execution_id === null) return;
  const holder = locked_by.execution_id === null ? locked_by.user : `execution ${locked_by.execution_id}`;
  throw new ApiError("not_permitted", `the lock is held by ${holder}`, {
    fix: "release it by force, with a reason, if that is what you mean",
  });
}

async function audit(
  transaction: Connection,
  actor: Actor,
  event: AuditEventType,
  { lock_id, server_id, lock_type }: Lock,
  details: Record<string, unknown> = {},
): Promise<void> {
  await recordChange(transaction, actor, event, { type: "lock", id: lock_id }, { server_id, lock_type, ...details });
}
