import type { NewSchedule, ScheduleFire } from "@homeslice/protocol";
import type { Generated, JSONColumnType } from "kysely";
import type { Defaulted, OfTenant } from "./columns.ts";

export interface SchedulesTable extends OfTenant {
  schedule_id: Generated<string>;
  name: string;
  definition: JSONColumnType<NewSchedule>;
  version: Defaulted<number>;
  created_at: Generated<Date>;
  created_by: string;
  updated_at: Defaulted<Date>;
  owner: string;
  next_at: Date | null;
  due_at: Date | null;
}

export interface ScheduleFiresTable extends OfTenant {
  schedule_id: string;
  scheduled_at: Date;
  fired_at: Date;
  outcome: ScheduleFire["outcome"];
  execution_id: string | null;
  run_id: string | null;
  message: string | null;
}
