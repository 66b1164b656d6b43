import { type Kysely, sql } from "kysely";

/** Tables of which every row belongs to one tenant. */
const tables = [
  "servers",
  "enrolment_tokens",
  "actions",
  "executions",
  "execution_targets",
  "execution_attempts",
  "locks",
  "queue_control",
  "idempotency_keys",
  "superseded_results",
  "audit_events",
  "log_lines",
];

/** Tables whose rows the system may add for a server: they get the tenant of that server. */
const ofServers = ["execution_attempts", "locks", "superseded_results"];

/** What there was belongs to the tenant `default`. From now on the database itself keeps tenants apart. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw(tenantOfServer).execute(database);
  const present = await presentTables(database);
  for (const table of tables.filter((name) => present.has(name))) {
    for (const statement of separate(table)) await sql.raw(statement).execute(database);
  }
  for (const table of ofServers.filter((name) => present.has(name))) {
    const trigger = `create trigger tenant_of_server before insert on ${table} for each row execute function tenant_of_server()`;
    await sql.raw(trigger).execute(database);
  }
  for (const statement of keys) await sql.raw(statement).execute(database);
}

async function presentTables(database: Kysely<unknown>): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = current_schema()`.execute(database);
  return new Set(rows.map(({ name }) => name));
}

/** The owner of the tables is bound too (force). A connection that was not told whose rows it may see, sees none. */
function separate(table: string): string[] {
  return [
    `alter table ${table} add column tenant_id text not null default 'default' check (tenant_id <> '*')`,
    `alter table ${table} alter column tenant_id set default current_setting('homeslice.tenant')`,
    `alter table ${table} enable row level security, force row level security`,
    `create policy tenant on ${table} using (
      (select current_setting('homeslice.tenant', true)) in (tenant_id, '*'))`,
  ];
}

const tenantOfServer = `create function tenant_of_server() returns trigger language plpgsql as $$
  begin
    if new.tenant_id = '*' then
      select tenant_id into new.tenant_id from servers where server_id = new.server_id;
    end if;
    return new;
  end $$`;

const keys = [
  "alter table queue_control add primary key (tenant_id)",
  // What concerns nobody's tenant, such as a request without any token, is told to the first one.
  `alter table audit_events alter column tenant_id
    set default coalesce(nullif(current_setting('homeslice.tenant'), '*'), 'default')`,
  "drop index actions_by_name",
  "create unique index actions_by_name on actions (tenant_id, name) where deleted_at is null",
  "alter table idempotency_keys drop constraint idempotency_keys_pkey, add primary key (tenant_id, subject, key)",
  "create index servers_by_tenant on servers (tenant_id, server_id desc) where deleted_at is null",
  "create index executions_by_tenant on executions (tenant_id, execution_id desc)",
  "create index audit_events_by_tenant on audit_events (tenant_id, event_id desc)",
];
