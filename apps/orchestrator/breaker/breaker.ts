import { type Actor, ApiError, type BreakerOverride } from "@homeslice/protocol";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { preconditionFailed } from "../http/errors.ts";
import { findServer } from "../servers/repository.ts";
import { setMode } from "./repository.ts";

/** What an operator may do to the circuit breaker of a server. It opens and closes by itself where attempts end. */
export class Breakers {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** @throws ApiError not_found, precondition_failed */
  async override(
    serverId: string,
    { mode, reason }: BreakerOverride,
    version: number | undefined,
    actor: Actor,
  ): Promise<void> {
    const { database, bus } = this.#context;
    await database.transaction().execute(async (transaction) => {
      if (!(await setMode(transaction, serverId, mode, version))) {
        const server = await findServer(transaction, serverId);
        if (server === undefined) throw new ApiError("not_found", `there is no server ${serverId}`);
        throw preconditionFailed("server", server.version);
      }
      const resource = { type: "server", id: serverId } as const;
      await recordChange(transaction, actor, "breaker.overridden", resource, { mode, reason });
    });
    bus.publish({ kind: "work" });
  }
}
