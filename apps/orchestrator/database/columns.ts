import type { ColumnType } from "kysely";

/** A column that the database fills in and that changes later. */
export type Defaulted<T> = ColumnType<T, T | undefined, T>;

/** What every row carries that belongs to a tenant. */
export interface OfTenant {
  /** Filled in by the database: the tenant whose request adds the row. Never changes. */
  tenant_id: ColumnType<string, string | undefined, never>;
}
