import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { isAlive, startOf } from "./alive.ts";

const holderSchema = z.object({
  pid: z.number().int(),
  start: z.string().optional(),
  purpose: z.string(),
  since: z.iso.datetime(),
});

/** The process that holds a lock, what it holds it for, and since when. */
export type LockHolder = z.infer<typeof holderSchema>;

/** Either the lock with the function that gives it back, or the living process that holds it. */
export type LockAttempt =
  | { readonly held: true; readonly release: () => void }
  | { readonly held: false; readonly holder: LockHolder };

/**
 * Takes an exclusive lock among the processes of this machine, or names its holder. A lock whose process has died is
 * taken over: the file is its holder's only as long as that very process lives.
 */
export function tryLock(path: string, purpose: string, now: Date = new Date()): LockAttempt {
  mkdirSync(dirname(path), { recursive: true });
  const claim = `${path}.${randomUUID()}`;
  const holder: LockHolder = { pid: process.pid, start: startOf(process.pid), purpose, since: now.toISOString() };
  writeFileSync(claim, JSON.stringify(holder), { mode: 0o600 });
  try {
    for (;;) {
      if (linked(claim, path)) return { held: true, release: () => rmSync(path, { force: true }) };
      const other = readHolder(path);
      if (other && isHolding(other)) return { held: false, holder: other };
      removeStale(path);
    }
  } finally {
    rmSync(claim, { force: true });
  }
}

/** A hard link either makes the file or fails because there is one: no two processes can both succeed. */
function linked(claim: string, path: string): boolean {
  try {
    linkSync(claim, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(path: string): LockHolder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined; // gone in the meantime, or not written by us: either way nobody's
  }
}

function isHolding({ pid, start }: LockHolder): boolean {
  return isAlive(pid) && (start === undefined || startOf(pid) === start);
}

/** Moves the dead lock aside first: should another process have renewed it meanwhile, its lock is put back. */
function removeStale(path: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another process was faster
  }
  const moved = readHolder(aside);
  if (moved && isHolding(moved)) linked(aside, path);
  rmSync(aside, { force: true });
}

const RETRY_INTERVAL_MS = 250;

/** Waits for the lock as long as its holder lives; tells once who that is. Resolves to the function that gives it back. */
export async function lockWaiting(
  path: string,
  purpose: string,
  waiting: (holder: LockHolder) => void,
): Promise<() => void> {
  let told = false;
  for (;;) {
    const attempt = tryLock(path, purpose);
    if (attempt.held) return attempt.release;
    if (!told) waiting(attempt.holder);
    told = true;
    await setTimeout(RETRY_INTERVAL_MS);
  }
}
