import { type Kysely, sql } from "kysely";

/**
 * Output in one partition for each day on which its executions were started: a day that is past its retention goes as a
 * whole. What there was becomes the first partition as it is, without copying it.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database);
}

const statements = [
  "alter table log_lines rename to log_lines_before",
  "alter index log_lines_pkey rename to log_lines_before_pkey",
  // Whoever writes a line holds the row of its target, so that its execution is there: checking each again only costs.
  "alter table log_lines_before drop constraint log_lines_execution_id_fkey",
  "create table log_lines (like log_lines_before including all) partition by range (execution_id)",
  "alter table log_lines enable row level security, force row level security",
  `create policy tenant on log_lines using ((select current_setting('homeslice.tenant', true)) in (tenant_id, '*'))`,
  // Up to the end of today: from tomorrow on, each day has its own.
  `do $$
    declare milliseconds text := lpad(to_hex((extract(epoch from
      date_trunc('day', now(), 'UTC') + interval '1 day') * 1000)::bigint), 12, '0');
    begin
      execute format('alter table log_lines attach partition log_lines_before for values from (minvalue) to (%L)',
        (substr(milliseconds, 1, 8) || '-' || substr(milliseconds, 9) || '-7000-8000-000000000000')::uuid);
    end $$`,
];
