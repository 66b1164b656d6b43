import type { HookCall } from "@homeslice/protocol";
import type { Generated, JSONColumnType } from "kysely";
import type { DefinitionsTable, OfTenant } from "./columns.ts";

export interface HooksTable extends DefinitionsTable<object> {
  hook_id: Generated<string>;
  sealed: Buffer;
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
  run_id: string | null;
}
