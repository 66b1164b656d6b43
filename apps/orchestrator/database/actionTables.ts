import type { NewAction } from "@homeslice/protocol";
import type { Generated, JSONColumnType } from "kysely";
import type { Defaulted, OfTenant } from "./columns.ts";

export interface ActionsTable extends OfTenant {
  action_id: Generated<string>;
  name: string;
  definition: JSONColumnType<NewAction>;
  version: Defaulted<number>;
  usage_count: Defaulted<number>;
  created_at: Generated<Date>;
  created_by: string;
  updated_at: Defaulted<Date>;
  deleted_at: Date | null;
}

export interface ActionVersionsTable extends OfTenant {
  action_id: string;
  version: number;
  definition: JSONColumnType<NewAction>;
  changed_at: Generated<Date>;
  changed_by: string;
  restored_from: number | null;
}
