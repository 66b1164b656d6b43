import type { HookCall } from "@homeslice/protocol";
import type { Generated, JSONColumnType } from "kysely";
import type { Defaulted, OfTenant } from "./columns.ts";

export interface HooksTable extends OfTenant {
  hook_id: Generated<string>;
  sealed: Buffer;
  name: string;
  definition: JSONColumnType<object>;
  version: Defaulted<number>;
  created_at: Generated<Date>;
  created_by: string;
  updated_at: Defaulted<Date>;
}

export interface HookCallsTable extends OfTenant {
  call_id: Generated<string>;
  hook_id: string;
  at: Generated<Date>;
  fingerprint: string;
  labels: JSONColumnType<Record<string, string>>;
  outcome: HookCall["outcome"];
  reason: string | null;
  execution_id: string | null;
}
