import type { Breaker } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";

/** Failures in a row that open a breaker. */
export const FAILURE_THRESHOLD = 5;
/** Seconds until the first probe; each further failure doubles them, up to the longest. */
const FIRST_RETRY_SECONDS = 30;
const LONGEST_RETRY_SECONDS = 900;

/** Counts a failure of the infrastructure for each server; enough of them open its breaker, or keep it open. */
export async function noteFailures(connection: Connection, serverIds: readonly string[]): Promise<void> {
  if (serverIds.length === 0) return;
  await sql`
    with rows as (select server_id from servers where server_id = any(${serverIds}::uuid[]) order by server_id for no key update)
    update servers s set breaker_failures = least(s.breaker_failures + 1, 1000),
      breaker_retry_at = case when s.breaker_failures + 1 >= ${FAILURE_THRESHOLD} then now() + interval '1 second' * least(
        ${LONGEST_RETRY_SECONDS}::float8, ${FIRST_RETRY_SECONDS} * power(2, least(s.breaker_failures + 1 - ${FAILURE_THRESHOLD}, 10)))
      end
    from rows where rows.server_id = s.server_id`.execute(connection);
}

/** A server that did its work, whatever came of it, has a closed breaker. */
export async function noteSuccesses(connection: Connection, serverIds: readonly string[]): Promise<void> {
  if (serverIds.length === 0) return;
  await sql`
    with rows as (
      select server_id from servers where server_id = any(${serverIds}::uuid[]) and breaker_failures > 0
      order by server_id for no key update
    )
    update servers s set breaker_failures = 0, breaker_retry_at = null
    from rows where rows.server_id = s.server_id`.execute(connection);
}

/**
 * Holds a breaker open or closed, or gives it back to itself, closed.
 * @param version the version that the server must have; undefined takes any
 * @returns whether there is such a server in that version
 */
export async function setMode(
  connection: Connection,
  serverId: string,
  mode: Breaker["mode"],
  version: number | undefined,
): Promise<boolean> {
  let query = connection
    .updateTable("servers")
    .set(({ eb }) => ({
      breaker_mode: mode,
      breaker_failures: 0,
      breaker_retry_at: null,
      version: eb("version", "+", 1),
      updated_at: sql`now()`,
    }))
    .where("server_id", "=", serverId)
    .where("deleted_at", "is", null);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Servers by the state of their breakers. */
export async function countStates(connection: Connection): Promise<{ state: Breaker["state"]; servers: number }[]> {
  const { rows } = await sql<{ state: Breaker["state"]; servers: number }>`
    select state, count(*) as servers
    from (select ${breakerState} as state from servers where deleted_at is null) s group by state`.execute(connection);
  return rows;
}

/** The state of a breaker, from its columns. */
export const breakerState = sql<Breaker["state"]>`case
  when breaker_mode <> 'auto' then breaker_mode
  when breaker_retry_at is null then 'closed'
  when breaker_retry_at <= now() then 'half_open'
  else 'open' end`;
