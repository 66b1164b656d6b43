import {
  type Actor,
  ApiError,
  type Caller,
  NewReportSchedule,
  permits,
  type ReportKind,
  type ReportSchedule,
  type RequestOf,
  type ResponseOf,
  reportKinds,
} from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { type Definition, Definitions, metadataOf } from "../definitions/definitions.ts";
import { type Recurrence, recurrenceOf } from "../schedules/recurrence.ts";
import { listReports } from "./repository.ts";

/** Schedules of reports, and what they made: looking after them. */
export class ReportSchedules {
  readonly #context: Context;
  readonly #definitions: Definitions;

  constructor(context: Context) {
    this.#context = context;
    this.#definitions = new Definitions(context, {
      table: "report_schedules",
      id: "report_schedule_id",
      noun: "schedule of reports",
      resource: "report_schedule",
    });
  }

  async list(query: RequestOf<"listReportSchedules">["query"]): Promise<ResponseOf<"listReportSchedules">> {
    const { rows, next_cursor } = await this.#definitions.list(query);
    return { items: rows.map((row) => this.#show(row)), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(id: string): Promise<ReportSchedule> {
    return this.#show(await this.#definitions.get(id));
  }

  /** @throws ApiError not_permitted, invalid_request when it is never due, conflict when the name is taken */
  async create(schedule: NewReportSchedule, actor: Actor, caller: Caller | undefined): Promise<ReportSchedule> {
    this.#refuseFaulty(schedule, caller);
    return this.#show(await this.#definitions.create({ name: schedule.name, definition: schedule }, actor));
  }

  /** @throws ApiError as `create`, not_found, precondition_failed */
  async update(
    { params, body, version }: RequestOf<"updateReportSchedule"> & { readonly version: number | undefined },
    actor: Actor,
    caller: Caller | undefined,
  ): Promise<ReportSchedule> {
    this.#refuseFaulty(body, caller);
    const values = { name: body.name, definition: body };
    return this.#show(await this.#definitions.update(params.report_schedule_id, values, version, actor));
  }

  /** @throws ApiError not_found, precondition_failed */
  async delete(id: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#definitions.delete(id, version, actor);
  }

  async reports(query: RequestOf<"listReports">["query"]): Promise<ResponseOf<"listReports">> {
    return await listReports(this.#context.database, query);
  }

  #refuseFaulty(schedule: NewReportSchedule, caller: Caller | undefined): void {
    demandReading(schedule.kind, caller);
    if (this.#next(schedule) !== undefined) return;
    const errors = [{ path: "body.expression", message: "is never due" }];
    throw new ApiError("invalid_request", "the request has 1 problem", { errors });
  }

  #next(schedule: NewReportSchedule): number | undefined {
    try {
      return timesOf(schedule).next(this.#context.now().getTime());
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new ApiError("invalid_request", "the request has 1 problem", {
        errors: [{ path: "body.expression", message }],
      });
    }
  }

  #show(row: Definition): ReportSchedule {
    const { id: report_schedule_id, version } = row;
    const schedule = NewReportSchedule.parse(row.definition);
    const next = schedule.paused ? undefined : this.#next(schedule);
    const next_at = next === undefined ? null : new Date(next).toISOString();
    return { report_schedule_id, ...schedule, version, next_at, metadata: metadataOf(row) };
  }
}

/** Who has no right to read a report is not to have it made, or to read the one that was made for others. */
export function demandReading(kind: ReportKind, caller: Caller | undefined): void {
  const { permission } = reportKinds[kind];
  if (caller !== undefined && permits(caller, permission)) return;
  throw new ApiError("not_permitted", `this report needs the permission ${permission}`);
}

/** When the reports of a schedule are due. */
export function timesOf({ expression, time_zone }: NewReportSchedule): Recurrence {
  return recurrenceOf({ type: "cron", expression, time_zone, black_outs: [] });
}
