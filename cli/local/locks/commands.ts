import type { Role } from "@homeslice/protocol/access.ts";
import { runningClient } from "../api.ts";
import { localServerId } from "../enrolment.ts";
import { checkLayout, type LocalHome, locateHome } from "../home.ts";
import { notRunning } from "../state.ts";
import { Locks } from "./locks.ts";
import { lockTable } from "./table.ts";

interface ListOptions {
  readonly server?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `locks list`. @throws UserError `local.stopped`, `option.invalid`, `locks.refused` */
export async function listLocks({ server, all = false, json = false }: ListOptions): Promise<void> {
  const { locks } = await open("viewer");
  const found = await locks.list(server, all);
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : lockTable(found));
}

interface AcquireOptions {
  readonly type: string;
  readonly reason: string;
  readonly server?: string;
  readonly ttl: string;
}

/** `locks acquire`: prints the id and nothing else. @throws UserError as `listLocks` */
export async function acquireLock({ type, reason, server, ttl }: AcquireOptions): Promise<void> {
  const { home, locks } = await open("operator");
  const lock = await locks.acquire({ server: server ?? ownServer(home), type, reason, ttl });
  process.stderr.write(`homeslice: the ${lock.lock_type} lock holds until ${lock.timing.expires_at}\n`);
  process.stdout.write(`${lock.lock_id}\n`);
}

/** `locks extend`. @throws UserError as `listLocks` */
export async function extendLock(id: string, { ttl }: { readonly ttl: string }): Promise<void> {
  const { locks } = await open("operator");
  const { timing } = await locks.extend(id, ttl);
  const { current_extensions, max_extension_count, expires_at } = timing;
  process.stderr.write(
    `homeslice: it holds until ${expires_at}, extended ${current_extensions} of ${max_extension_count} times\n`,
  );
}

/** `locks release`. @throws UserError as `listLocks` */
export async function releaseLock(id: string, { reason }: { readonly reason?: string }): Promise<void> {
  const { locks } = await open(reason === undefined ? "operator" : "admin");
  const { status } = await locks.release(id, reason);
  process.stderr.write(`homeslice: the lock is ${status === "released" ? "released" : "released by force"}\n`);
}

async function open(role: Role): Promise<{ home: LocalHome; locks: Locks }> {
  const home = locateHome();
  checkLayout(home);
  return { home, locks: new Locks(await runningClient(home, role)) };
}

function ownServer(home: LocalHome): string {
  const id = localServerId(home);
  if (id === undefined) throw notRunning(home);
  return id;
}
