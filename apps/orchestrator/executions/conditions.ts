import { sql } from "kysely";
import { type Demand, demandFor, type Subject } from "../approvals/demand.ts";
import type { Connection } from "../database/database.ts";
import { queueLimit } from "../limits/repository.ts";

/** What stands between a start and the queue. */
export interface Conditions {
  /** Whether there is a limit on what waits, which is to be held against it. */
  readonly isLimited: boolean;
  /** The approval that it needs first; undefined is none. */
  readonly demand: Demand | undefined;
}

/** Finds what stands between a start and the queue, in one statement: for most, it is nothing. */
export async function findConditions(transaction: Connection, subject: Subject): Promise<Conditions> {
  const { rows } = await sql<{ is_limited: boolean } & (Demand | { rules: null })>`
    select exists (${queueLimit}) as is_limited, demand.rules, demand.needed, demand.expires_after_seconds
    from (${demandFor(subject)}) demand`.execute(transaction);
  const [row] = rows;
  if (row === undefined) throw new Error("no conditions were found, not even that there are none");
  const { is_limited: isLimited, ...demand } = row;
  return { isLimited, demand: demand.rules === null ? undefined : demand };
}
