import type { NewReportSchedule, ReportFormat, ReportKind } from "@homeslice/protocol";
import type { Generated } from "kysely";
import type { Defaulted, DefinitionsTable, OfTenant } from "./columns.ts";

export interface ReportSchedulesTable extends DefinitionsTable<NewReportSchedule> {
  report_schedule_id: Generated<string>;
  planned_version: Defaulted<number>;
  covered_until: Date | null;
  next_at: Date | null;
}

export interface ReportsTable extends OfTenant {
  report_id: Generated<string>;
  report_schedule_id: string | null;
  name: string;
  kind: ReportKind;
  format: ReportFormat;
  since: Date;
  until: Date;
  created_at: Generated<Date>;
  expires_at: Date;
  size_bytes: Defaulted<number>;
  sha256: Defaulted<Buffer>;
}

export interface ReportPartsTable extends OfTenant {
  report_id: string;
  part: number;
  content: Buffer;
}
