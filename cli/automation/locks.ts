import type { Client } from "@homeslice/protocol/client.ts";
import { type Lock, type LockType, MAX_LOCK_SECONDS } from "@homeslice/protocol/locks.ts";
import { localServerId } from "../local/enrolment.ts";
import { locateHome } from "../local/home.ts";
import { invalidOption, parseTtl } from "../local/options.ts";
import { notRunning } from "../local/state.ts";
import { openFor } from "./client.ts";
import { parseId } from "./lookup.ts";
import { findServer } from "./servers.ts";
import { type Shown, say, show, table } from "./show.ts";

const CONCERN = "locks";

/** `locks list`: those that stand, or all there were. @throws UserError `locks.refused`, as `locateEndpoint` */
export async function listLocks({
  server,
  all = false,
  ...shown
}: Shown & { readonly server?: string; readonly all?: boolean }): Promise<void> {
  const client = await openFor(CONCERN);
  const server_id = server === undefined ? undefined : (await findServer(client, server)).server_id;
  const query = all ? { server_id } : { server_id, status: "active" as const, sort: "expires" as const };
  show((await client.call("listLocks", { query })).items, shown, lockTable);
}

interface Wish {
  readonly type: Exclude<LockType, "execution">;
  readonly reason: string;
  readonly ttl: string;
  readonly server?: string;
}

/** `locks acquire`: prints the id and nothing else. @throws UserError as `listLocks`, `option.invalid` */
export async function acquireLock({ type, reason, ttl, server, ...shown }: Shown & Wish): Promise<void> {
  const client = await openFor(CONCERN);
  const server_id = server === undefined ? ownServer() : (await findServer(client, server)).server_id;
  const body = { server_id, lock_type: type, reason, ttl_seconds: parseLockTtl(ttl) };
  const lock = await client.call("acquireLock", { body });
  say(`the ${lock.lock_type} lock holds until ${lock.timing.expires_at}`);
  show(lock, shown, ({ lock_id }) => `${lock_id}\n`);
}

/** `locks extend`. @throws UserError as `acquireLock` */
export async function extendLock(id: string, { ttl, ...shown }: Shown & { readonly ttl: string }): Promise<void> {
  const body = { ttl_seconds: parseLockTtl(ttl) };
  const params = lockOf(id);
  const lock = await (await openFor(CONCERN)).call("extendLock", { params, body });
  const { current_extensions, max_extension_count, expires_at } = lock.timing;
  say(`it holds until ${expires_at}, extended ${current_extensions} of ${max_extension_count} times`);
  if (shown.json) show(lock, shown);
}

/** `locks release`: with a reason, that of anybody. @throws UserError as `acquireLock` */
export async function releaseLock(
  id: string,
  { reason, ...shown }: Shown & { readonly reason?: string },
): Promise<void> {
  const lock = await release(await openFor(CONCERN), id, reason);
  say(`the lock is ${lock.status === "released" ? "released" : "released by force"}`);
  if (shown.json) show(lock, shown);
}

async function release(client: Client, id: string, reason: string | undefined): Promise<Lock> {
  const params = lockOf(id);
  if (reason === undefined) return await client.call("releaseLock", { params });
  return await client.call("forceReleaseLock", { params, body: { reason } });
}

function lockTable(locks: readonly Lock[]): string {
  return table("lock", locks, {
    LOCK: ({ lock_id }) => lock_id,
    SERVER: ({ server_id }) => server_id,
    TYPE: ({ lock_type }) => lock_type,
    STATUS: ({ status }) => status,
    HOLDER: ({ locked_by: { execution_id, user } }) => (execution_id === null ? user : `execution ${execution_id}`),
    UNTIL: ({ timing }) => timing.ended_at ?? timing.expires_at,
    REASON: ({ lock_metadata }) => lock_metadata.reason,
  });
}

const lockOf = (text: string) => ({ lock_id: parseId({ concern: CONCERN, noun: "lock" }, text) });

function parseLockTtl(text: string): number {
  const seconds = parseTtl(text);
  if (seconds <= MAX_LOCK_SECONDS) return seconds;
  throw invalidOption("--ttl", `${text} is longer than a lock may hold`, "Give at most 1d; a lock can be extended.");
}

/** The server that this machine is, where the orchestrator of this machine is asked. */
function ownServer(): string {
  if (process.env["HOMESLICE_URL"] !== undefined) {
    throw invalidOption(
      "--server",
      "is missing: HOMESLICE_URL names an orchestrator elsewhere",
      "Give its name or id.",
    );
  }
  const home = locateHome();
  const id = localServerId(home);
  if (id === undefined) throw notRunning(home);
  return id;
}
