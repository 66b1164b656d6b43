import type { DriftCheck } from "@homeslice/protocol";
import type { Generated, JSONColumnType } from "kysely";
import type { OfTenant } from "./columns.ts";

export interface DriftChecksTable extends OfTenant {
  drift_check_id: Generated<string>;
  stack: string;
  resources: JSONColumnType<DriftCheck["resources"]>;
  checked: number;
  complete: boolean;
  seconds: number;
  checked_at: Generated<Date>;
  checked_by: string;
}
