import { sql } from "kysely";
import { type Demand, demandFor, type Subject } from "../approvals/demand.ts";
import type { Connection } from "../database/database.ts";
import { statement } from "../database/statement.ts";
import { queueLimit } from "../limits/repository.ts";

/** What the database says of a start before it is stored. */
export interface Conditions {
  /** For the execution: a new one by the clock of the database, in the order of all others. */
  readonly executionId: string;
  /** The time of the transaction. */
  readonly at: Date;
  /** Whether there is a limit on what waits, which is to be held against it. */
  readonly isLimited: boolean;
  /** The approval that it needs first; undefined is none. */
  readonly demand: Demand | undefined;
}

type ConditionsRow = { id: string; at: Date; is_limited: boolean } & (Demand | { rules: null });

/** All that stands between a start and the queue, in one statement: for most, it is nothing. */
export const selectConditions = statement<Subject, ConditionsRow>((transaction, place) =>
  sql<ConditionsRow>`
    select uuidv7() as id, now() as at, exists (${queueLimit}) as is_limited, demand.rules, demand.needed,
      demand.expires_after_seconds
    from (${demandFor(place)}) demand`.compile(transaction),
);

export function toConditions([row]: readonly ConditionsRow[]): Conditions {
  if (row === undefined) throw new Error("no conditions were found, not even that there are none");
  const { id: executionId, at, is_limited: isLimited, ...demand } = row;
  return { executionId, at, isLimited, demand: demand.rules === null ? undefined : demand };
}

export async function findConditions(transaction: Connection, subject: Subject): Promise<Conditions> {
  return toConditions((await transaction.executeQuery(selectConditions(transaction, subject))).rows);
}
