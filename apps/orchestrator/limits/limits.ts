import {
  type Actor,
  ApiError,
  type Caller,
  DEFAULT_TENANT,
  type NewTenantLimits,
  type NewTotalLimits,
  type ResponseOf,
  type TenantLimits,
  type TotalLimits,
} from "@homeslice/protocol";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../database/database.ts";
import { preconditionFailed } from "../http/errors.ts";
import * as repository from "./repository.ts";

/** How much work may run, and wait: the rules. They are kept where work is claimed, and where it is started. */
export class Limits {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async overview({ tenant }: Caller): Promise<ResponseOf<"getLimits">> {
    const total = tenant === DEFAULT_TENANT ? await this.#total() : null;
    return { tenant: await this.ofTenant(tenant), total };
  }

  async ofTenant(tenant: string): Promise<TenantLimits> {
    const { scope: _scope, ...limits } = await repository.readLimits(this.#context.databases.system, tenant);
    return { tenant, ...limits };
  }

  /** @throws ApiError precondition_failed */
  async setTenant(
    tenant: string,
    limits: NewTenantLimits,
    version: number | undefined,
    actor: Actor,
  ): Promise<TenantLimits> {
    await this.#set(tenant, limits, version, actor);
    return await this.ofTenant(tenant);
  }

  /** @throws ApiError precondition_failed */
  async setTotal(limits: NewTotalLimits, version: number | undefined, actor: Actor): Promise<TotalLimits> {
    await this.#set(repository.EVERYBODY, { ...limits, max_queued: null }, version, actor);
    return await this.#total();
  }

  async #total(): Promise<TotalLimits> {
    const { databases, maxRunning } = this.#context;
    const { max_running, running, version } = await repository.readLimits(databases.system, repository.EVERYBODY);
    const limits = [max_running, maxRunning].filter((limit) => limit != null);
    return { max_running: limits.length === 0 ? null : Math.min(...limits), running, version };
  }

  async #set(scope: string, limits: NewTenantLimits, version: number | undefined, actor: Actor): Promise<void> {
    const { databases, bus } = this.#context;
    // The system's own: it may be the limits of another tenant. The audit log of the default tenant tells of it.
    await databases.system.transaction().execute(async (transaction) => {
      if (!(await repository.writeLimits(transaction, scope, limits, actor.id, version))) {
        throw preconditionFailed("limits", (await repository.readLimits(transaction, scope)).version);
      }
      await recordChange(transaction, actor, "limits.changed", { type: "limits", id: scope }, limits);
    });
    bus.publish({ kind: "work" });
  }
}

/** Refuses to queue more than a tenant may have waiting. The caller's transaction does the queuing. @throws ApiError queue_full */
export async function refuseFullQueue(transaction: Connection, more: number): Promise<void> {
  const limit = await repository.holdQueueLimit(transaction);
  if (limit === undefined) return;
  const queued = await repository.countQueued(transaction);
  if (queued + more <= limit) return;
  throw new ApiError(
    "queue_full",
    `${queued} wait already, and with ${more} more it would be over the limit of ${limit}`,
    {
      fix: "start it when less is waiting, on fewer servers, or have the limit of the tenant raised",
    },
  );
}
