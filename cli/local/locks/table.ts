import type { Lock } from "@homeslice/protocol/locks.ts";
import { alignedLines } from "../table.ts";

/** Locks for people, a line each. */
export function lockTable(locks: readonly Lock[]): string {
  if (locks.length === 0) return "There is no lock.\n";
  return alignedLines([
    ["LOCK", "SERVER", "TYPE", "STATUS", "HOLDER", "UNTIL", "REASON"],
    ...locks.map(({ lock_id, server_id, lock_type, status, locked_by, timing, lock_metadata }) => [
      lock_id,
      server_id,
      lock_type,
      status,
      locked_by.execution_id === null ? locked_by.user : `execution ${locked_by.execution_id}`,
      timing.ended_at ?? timing.expires_at,
      lock_metadata.reason,
    ]),
  ]);
}
