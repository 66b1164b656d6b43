import { sql } from "kysely";
import { verifyChain } from "../../audit/chain.ts";
import { ofTenant } from "../../database/tenancy.ts";
import { kindOf } from "../report.ts";

interface Links {
  /** Undefined is the whole chain, of all tenants. */
  readonly day: string | undefined;
  readonly entries: number;
  readonly unsealed: number;
  readonly first_position: number | null;
  readonly last_position: number | null;
  /** In hexadecimal. */
  readonly last_hash: string | null;
  readonly finding: string | null;
}

/**
 * Evidence of the audit log: what computing the whole chain anew found, then, for each day of the period, how many
 * entries the tenant has and the hash at which the day ended. What is kept elsewhere of it shows later what was altered.
 */
export const evidence = kindOf<Links>(
  {
    what: ({ day }) => (day === undefined ? "whole chain, computed anew" : "day (UTC)"),
    day: ({ day }) => day ?? null,
    entries: ({ entries }) => entries,
    unsealed: ({ unsealed }) => unsealed,
    first_position: ({ first_position }) => first_position,
    last_position: ({ last_position }) => last_position,
    last_hash: ({ last_hash }) => last_hash,
    finding: ({ finding }) => finding,
  },
  async function* ({ connection, system, since, until }) {
    const { intact, checked, unsealed, head, broken_at } = await verifyChain(system);
    const last_position = head?.position ?? null;
    const first_position = last_position === null ? null : last_position - checked + 1;
    const chain = { entries: checked, unsealed, first_position, last_position, last_hash: head?.hash ?? null };
    yield [{ day: undefined, ...chain, finding: intact ? "intact" : `broken at ${broken_at}` }];
    const { rows } = await sql<Links>`
      select to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*) as entries,
        count(*) filter (where position is null) as unsealed, min(position) as first_position,
        max(position) as last_position,
        encode((array_agg(hash order by position desc) filter (where position is not null))[1], 'hex') as last_hash,
        null as finding
      from audit_events where ${ofTenant} and at >= ${since} and at < ${until} group by 1 order by 1`.execute(
      connection,
    );
    yield rows;
  },
);
