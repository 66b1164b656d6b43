import { DEFAULT_TENANT, type ReportHead, type ReportKind, reportKinds } from "@homeslice/protocol";
import type { Context } from "../context.ts";
import type { Connection } from "../database/database.ts";
import { formats } from "./formats/index.ts";
import { kinds } from "./kinds/index.ts";

const DAY_MS = 86_400_000;
/** What a report goes back by where nobody says since when. */
const DEFAULT_DAYS = 30;

/** What is to be reported, for whom. */
export interface Order {
  readonly kind: ReportKind;
  readonly format: keyof typeof formats;
  readonly tenant: string;
  readonly since: Date;
  readonly until: Date;
  readonly by: string;
}

/** The period of a report: by default, it ends now, and goes back thirty days. */
export function periodOf(asked: { since?: string | undefined; until?: string | undefined }, now: Date) {
  const until = asked.until === undefined ? now : new Date(asked.until);
  const since = asked.since === undefined ? new Date(until.getTime() - DEFAULT_DAYS * DAY_MS) : new Date(asked.since);
  return { since, until };
}

/**
 * Makes a report, as pieces of its file: however long it is, little of it is held at once.
 * @param connection sees the rows of its tenant alone
 */
export function writeReport(context: Context, connection: Connection, order: Order): AsyncGenerator<Uint8Array> {
  const { kind, format, tenant, since, until, by } = order;
  const now = context.now();
  const head: ReportHead = {
    kind,
    title: reportKinds[kind].title,
    tenant,
    since: since.toISOString(),
    until: until.toISOString(),
    created_at: now.toISOString(),
    created_by: by,
  };
  const { columns, rows } = kinds[kind];
  const system = context.databases.system;
  const groups = Object.entries(context.groupRoles).flatMap(([name, member]) =>
    member.tenant === tenant ? [{ name, role: member.role }] : [],
  );
  return formats[format].write(head, columns, rows({ connection, system, since, until, now, groups }));
}

/** The name of the file of a report. */
export function fileName({ kind, format, tenant, since, until }: Omit<Order, "by">): string {
  const [from, to] = [since, until].map((time) => time.toISOString().slice(0, 10));
  return `${tenant === DEFAULT_TENANT ? "" : `${tenant}-`}${kind}-${from}-${to}.${format}`;
}
