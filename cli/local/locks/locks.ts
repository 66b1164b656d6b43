import { UserError } from "@homeslice/config/errors.ts";
import { type Client, ClientError } from "@homeslice/protocol/client.ts";
import { type Lock, LockId, MAX_LOCK_SECONDS, NewLock } from "@homeslice/protocol/locks.ts";
import { invalidOption, parseServer, parseTtl } from "../options.ts";

/** What people may take by the command line: the lock of an execution is the execution's own. */
const types = ["maintenance", "emergency"] as const;

/** Locks of servers, as the command line asks for them. Every method throws UserError `option.invalid`, `locks.refused` */
export class Locks {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The locks that stand, or all there were. */
  async list(server: string | undefined, all: boolean): Promise<Lock[]> {
    const of = server === undefined ? {} : { server_id: parseServer(server) };
    const query = all ? of : { ...of, status: "active" as const, sort: "expires" as const };
    return (await this.#client.call("listLocks", { query }).catch(refuse)).items;
  }

  async acquire(wish: { server: string; type: string; reason: string; ttl: string }): Promise<Lock> {
    const body = {
      server_id: parseServer(wish.server),
      lock_type: parseType(wish.type),
      reason: parseReason(wish.reason),
      ttl_seconds: parseLockTtl(wish.ttl),
    };
    return await this.#client.call("acquireLock", { body }).catch(refuse);
  }

  async extend(id: string, ttl: string): Promise<Lock> {
    const body = { ttl_seconds: parseLockTtl(ttl) };
    return await this.#client.call("extendLock", { params: parseLock(id), body }).catch(refuse);
  }

  /** @param reason releases that of anybody, by force */
  async release(id: string, reason: string | undefined): Promise<Lock> {
    const params = parseLock(id);
    if (reason === undefined) return await this.#client.call("releaseLock", { params }).catch(refuse);
    const body = { reason: parseReason(reason) };
    return await this.#client.call("forceReleaseLock", { params, body }).catch(refuse);
  }
}

function parseLock(text: string): { lock_id: string } {
  const id = LockId.safeParse(text);
  if (id.success) return { lock_id: id.data };
  throw invalidOption(
    "locks",
    `${JSON.stringify(text)} is not the id of a lock`,
    "Give one of ./homeslice locks list.",
  );
}

function parseType(text: string): (typeof types)[number] {
  const type = types.find((known) => known === text);
  if (type !== undefined) return type;
  throw invalidOption("--type", `there is no lock ${JSON.stringify(text)}`, `Choose one of ${types.join(", ")}.`);
}

function parseReason(text: string): string {
  const reason = NewLock.shape.reason.safeParse(text);
  if (reason.success) return reason.data;
  throw invalidOption("--reason", "this is no reason", "Say why, in 1 to 500 characters.");
}

function parseLockTtl(text: string): number {
  const seconds = parseTtl(text);
  if (seconds <= MAX_LOCK_SECONDS) return seconds;
  throw invalidOption("--ttl", `${text} is longer than a lock may hold`, "Give at most 1d; a lock can be extended.");
}

function refuse(error: unknown): never {
  if (!(error instanceof ClientError)) throw error;
  throw new UserError({
    code: "locks.refused",
    what: error.message,
    fix: error.problem.fix ?? "See ./homeslice locks list, and ./homeslice status.",
  });
}
