import { createHash } from "node:crypto";
import type { KeptReport, RequestOf, ResponseOf } from "@homeslice/protocol";
import { type Insertable, type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page } from "../database/keyset.ts";
import type { ReportSchedulesTable, ReportsTable } from "../database/reportTables.ts";
import { ofTenant } from "../database/tenancy.ts";

export type ScheduleRow = Selectable<ReportSchedulesTable>;
type ReportRow = Selectable<ReportsTable>;

/** A file is stored in parts of about so many bytes: little enough to hold one of them at once. */
const PART_BYTES = 262_144;

/** Takes a schedule of which something is to be done, of whichever tenant, so that nobody else does it. */
export async function lockDue(
  transaction: Connection,
  until: Date,
  except: readonly string[],
): Promise<ScheduleRow | undefined> {
  return await transaction
    .selectFrom("report_schedules")
    .selectAll()
    .where(({ or, eb, ref }) => or([eb("planned_version", "<>", ref("version")), eb("next_at", "<=", until)]))
    .where(sql<boolean>`report_schedule_id <> all(${[...except]}::uuid[])`)
    .orderBy("next_at", (order) => order.asc().nullsFirst())
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** Notes what comes next. */
export async function plan(
  transaction: Connection,
  { report_schedule_id, version }: ScheduleRow,
  next: { readonly covered_until: Date; readonly next_at: Date | null },
): Promise<void> {
  await transaction
    .updateTable("report_schedules")
    .set({ ...next, planned_version: version })
    .where("report_schedule_id", "=", report_schedule_id)
    .execute();
}

/** Stores a report as it is made. @returns its id */
export async function storeReport(
  transaction: Connection,
  row: Insertable<ReportsTable>,
  content: AsyncIterable<Uint8Array>,
): Promise<string> {
  const { report_id } = await transaction
    .insertInto("reports")
    .values(row)
    .returning("report_id")
    .executeTakeFirstOrThrow();
  const digest = createHash("sha256");
  let [size_bytes, part] = [0, 0];
  for await (const bytes of inParts(content)) {
    digest.update(bytes);
    size_bytes += bytes.length;
    await transaction.insertInto("report_parts").values({ report_id, part: part++, content: bytes }).execute();
  }
  const seal = { size_bytes, sha256: digest.digest() };
  await transaction.updateTable("reports").set(seal).where("report_id", "=", report_id).execute();
  return report_id;
}

async function* inParts(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of content) {
    held.push(bytes);
    size += bytes.length;
    if (size < PART_BYTES) continue;
    yield Buffer.concat(held);
    [held, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(held);
}

/** The file of a report, part after part. */
export async function* readParts(connection: Connection, reportId: string): AsyncGenerator<Buffer> {
  for (let part = 0; ; part++) {
    const row = await connection
      .selectFrom("report_parts")
      .select("content")
      .where("report_id", "=", reportId)
      .where("part", "=", part)
      .executeTakeFirst();
    if (row === undefined) return;
    yield row.content;
  }
}

export async function findReport(connection: Connection, reportId: string): Promise<ReportRow | undefined> {
  return await connection.selectFrom("reports").selectAll().where("report_id", "=", reportId).executeTakeFirst();
}

const order: ListOrder<"created"> = { id: { column: "report_id", type: "uuid" }, keys: { created: undefined } };

/** A page of the reports that are kept, and the cursor of the next one. */
export async function listReports(
  connection: Connection,
  listing: RequestOf<"listReports">["query"],
): Promise<ResponseOf<"listReports">> {
  const { kind, format, report_schedule_id } = listing;
  const page = new Page(order, listing);
  let query = connection.selectFrom("reports").selectAll().select(page.place).where(ofTenant).where(page.follows);
  if (kind !== undefined) query = query.where("kind", "=", kind);
  if (format !== undefined) query = query.where("format", "=", format);
  if (report_schedule_id !== undefined) query = query.where("report_schedule_id", "=", report_schedule_id);
  const { rows, next_cursor } = page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
  return { items: rows.map(toReport), next_cursor };
}

/** Deletes some reports that are past their time. @returns how many */
export async function deleteExpired(connection: Connection, now: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from reports where report_id in (
      select report_id from reports where expires_at < ${now} order by expires_at limit ${limit})`.execute(connection);
  return Number(numAffectedRows ?? 0n);
}

function toReport(row: ReportRow): KeptReport {
  const { report_id, report_schedule_id, name, kind, format, size_bytes, sha256 } = row;
  return {
    ...{ report_id, report_schedule_id, name, kind, format, size_bytes },
    since: row.since.toISOString(),
    until: row.until.toISOString(),
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    sha256: sha256.toString("hex"),
  };
}
