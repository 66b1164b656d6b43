import type { ColumnType, Generated, JSONColumnType } from "kysely";

/** A column that the database fills in and that changes later. */
export type Defaulted<T> = ColumnType<T, T | undefined, T>;

/** What every row carries that belongs to a tenant. */
export interface OfTenant {
  /** Filled in by the database: the tenant whose request adds the row. Never changes. */
  tenant_id: ColumnType<string, string | undefined, never>;
}

/** What people define: it has a name that is unique in its tenant, and a version that grows. */
export interface DefinitionsTable<T extends object> extends OfTenant {
  name: string;
  definition: JSONColumnType<T>;
  version: Defaulted<number>;
  created_at: Generated<Date>;
  created_by: string;
  updated_at: Defaulted<Date>;
}
