import { type Kysely, sql } from "kysely";

// What several migrations have in common. Databases out there were made with it: it never changes, a successor is added.

/** Runs the statements of a migration, one after the other. */
export async function run(database: Kysely<unknown>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database);
}

/** The column by which a row belongs to the tenant whose request adds it. */
export const tenantColumn =
  "tenant_id text not null default current_setting('homeslice.tenant') check (tenant_id <> '*')";

/** The columns of a table of what people define: it has a name that is unique in its tenant, and a version. */
export const definitionColumns = `${tenantColumn},
    name text not null,
    definition jsonb not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    created_by text not null,
    updated_at timestamptz not null default now(),
    unique (tenant_id, name)`;

/** Statements by which each tenant sees and adds its own rows alone. */
export function keepTenantsApart(...tables: readonly string[]): string[] {
  return tables.flatMap((table) => [
    `alter table ${table} enable row level security, force row level security`,
    `create policy tenant on ${table} using ((select current_setting('homeslice.tenant', true)) in (tenant_id, '*'))`,
  ]);
}
