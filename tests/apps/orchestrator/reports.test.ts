import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  ClientError,
  type NewReportSchedule,
  Report,
  type ReportKind,
  type ReportSchedule,
  reportFormats,
  reportKindNames,
} from "@homeslice/protocol";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { debianProgram } from "../../support/debian.ts";
import { examplesIn } from "../../support/documentation.ts";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";

const { installation, url, client } = await startInstallation();

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
const ACTION = "Źródło & Café: Grüße, Ελλάδα, Привет";
const FORMULA = '=HYPERLINK("http://evil.test")';
const directory = mkdtempSync(join(tmpdir(), "homeslice-reports-"));
afterAll(() => rmSync(directory, { recursive: true }));
/** More than is read at once. */
const SERVERS = 1_050;

beforeAll(async () => {
  await installation.rows(
    `insert into servers (hostname, environment, created_by)
      select 'many' || number || 'x', 'uat', 'x' from generate_series(1, ${SERVERS}) as number`,
    "default",
  );
  const { server } = await client.call("registerServer", { body: { hostname: "one", environment: "prod" } });
  const { action_id } = await client.call("createAction", { body: { name: ACTION, operation } });
  const body = { target_servers: [server.server_id], action_template_id: action_id };
  await client.call("startExecution", { body });
  await client.call("createAction", { body: { name: FORMULA, operation } });
  await client.call("createAccount", { body: { username: "zoe", password: "a long password", role: "operator" } });
  await client.call("createApiToken", { body: { name: "pipeline", role: "operator", permissions: ["servers:read"] } });
  const login = { username: "zoe", password: "a long password" };
  await client.call("logIn", { body: login });
  await expect(client.call("logIn", { body: { ...login, password: "a wrong password" } })).rejects.toThrow();
  const theirs = await installation.client(url, "admin", "theirs");
  await theirs.call("createAction", { body: { name: "of-another-tenant", operation } });
});

interface Asked {
  readonly format?: string;
  readonly since?: string;
  readonly until?: string;
}

async function report(kind: ReportKind, asked: Asked = {}, role: "viewer" | "admin" = "admin", tenant = "default") {
  const headers = { authorization: `Bearer ${await installation.token(role, tenant)}` };
  return await fetch(`${url}/api/v1/reports/${kind}?${new URLSearchParams({ ...asked })}`, { headers });
}

async function rowsOf(kind: ReportKind, asked: Asked = {}, tenant = "default") {
  const answer = await report(kind, asked, "admin", tenant);
  expect(answer.status).toBe(200);
  return Report.parse(await answer.json()).rows;
}

async function csvOf(kind: ReportKind) {
  const text = await (await report(kind, { format: "csv" })).text();
  return z.array(z.record(z.string(), z.string())).parse(parse(text, { columns: true }));
}

async function textOfPdf(kind: ReportKind): Promise<string> {
  const reader = debianProgram("pdftotext", "poppler-utils");
  if ("missing" in reader) throw new Error(reader.missing);
  const answer = await report(kind, { format: "pdf" });
  expect(answer.headers.get("content-type")).toBe("application/pdf");
  const input = Buffer.from(await answer.arrayBuffer());
  const text = execFileSync(reader.path, ["-raw", "-", "-"], { input, encoding: "utf8", maxBuffer: 1e9 });
  // Cells are lines as wide as their column.
  return text.replaceAll(/[^\S\f]+/g, "");
}

describe("what reports say", () => {
  test("executions: who ran what, in which version, where", async () => {
    expect(await rowsOf("executions")).toEqual([
      expect.objectContaining({
        started_by: "test admin",
        how: "single",
        action: ACTION,
        version: 1,
        operation: "shell_command",
        server: "one",
        environment: "prod",
        state: "queued",
      }),
    ]);
  });

  test("access: accounts and tokens with what they may do and when they last did", async () => {
    const rows = await rowsOf("access");
    expect(rows).toMatchObject([
      { kind: "account", name: "zoe", role: "operator", state: "active", created_by: "test admin" },
      { kind: "token", name: "pipeline", role: "operator", permissions: "servers:read", last_used_at: null },
    ]);
    expect(Date.parse(String(rows[0]?.["last_used_at"]))).toBeGreaterThan(Date.now() - 600_000);
  });

  test("refusals: failed logins and requests that were not permitted", async () => {
    await report("access", {}, "viewer");
    const rows = await rowsOf("refusals");
    expect(rows.map(({ event, by, reason }) => [event, by, typeof reason])).toEqual([
      ["request.refused", "test viewer", "string"],
      ["login.refused", "anonymous", "string"],
    ]);
  });

  test("changes: actions, accounts and tokens, and no logins", async () => {
    const events = new Set((await rowsOf("changes")).map(({ event }) => event));
    expect(events).toEqual(new Set(["token.created", "account.created", "action.created", "server.registered"]));
  });

  test("changes: locks that were taken away, too; workflows: who started and ended their runs", async () => {
    const { server } = await client.call("registerServer", { body: { hostname: "locked" } });
    const lock = { server_id: server.server_id, lock_type: "maintenance" as const, reason: "mine" };
    const { lock_id } = await client.call("acquireLock", { body: lock });
    await client.call("forceReleaseLock", { params: { lock_id }, body: { reason: "they are on holiday" } });
    const changed = await rowsOf("changes");
    expect(changed[0]).toMatchObject({ event: "lock.force_released", by: "test admin" });
    expect(String(changed[0]?.["details"])).toContain("they are on holiday");
    const steps = [{ name: "ask", gate: { message: "?" } }];
    const { workflow_id } = await client.call("createWorkflow", { body: { name: "reported", steps } });
    const { run_id } = await client.call("startWorkflow", { params: { workflow_id }, body: {} });
    await client.call("cancelWorkflowRun", { params: { run_id } });
    const runs = (await rowsOf("workflows")).map(({ event, name, object_id }) => [event, name, object_id]);
    expect(runs).toEqual([
      ["workflow.cancelled", "reported", run_id],
      ["workflow.started", "reported", run_id],
    ]);
  });

  test("access: the groups of the identity provider whose members may do something in the tenant", async () => {
    const roles = {
      operators: { tenant: "default", role: "operator" as const },
      theirs: { tenant: "theirs", role: "admin" as const },
    };
    const issuer = new URL("http://127.0.0.1:9/");
    installation.with = { publicUrl: new URL(url), oidc: { issuer, clientId: "x", clientSecret: "x", roles } };
    const other = await installation.start();
    const headers = { authorization: `Bearer ${await installation.token("admin")}` };
    const elsewhere = await installation.client(url, "admin", "elsewhere");
    await elsewhere.call("createRoleBinding", { body: { name: "of others", role: "admin" } });
    await client.call("createRoleBinding", { body: { name: "bound", role: "approver" } });
    const { rows } = Report.parse(await (await fetch(`${other.url}/api/v1/reports/access`, { headers })).json());
    expect(rows.filter(({ kind }) => kind === "identity provider group")).toMatchObject([
      { name: "bound", role: "approver", state: "active", created_by: "test admin" },
      { name: "operators", role: "operator", state: "active", created_by: null },
    ]);
    expect(await rowsOf("changes")).toContainEqual(
      expect.objectContaining({ event: "role_binding.created", name: "bound", by: "test admin" }),
    );
    await other.stop();
    installation.with = {};
  });

  test("evidence: the chain computed anew, and the hash at which each day ended", async () => {
    const [chain, day] = await rowsOf("evidence");
    expect(chain).toMatchObject({ finding: "intact", first_position: 1 });
    expect(day?.["day"]).toBe(new Date().toISOString().slice(0, 10));
    expect(day?.["last_hash"]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("formats", () => {
  test("U8: CSV is JSON's rows, and never a formula", async () => {
    const isChained = async () => (await rowsOf("changes")).every((row) => row["position"] !== null);
    await eventually(isChained, "every change has its place in the chain");
    const [json, csv] = [await rowsOf("changes"), await csvOf("changes")];
    const texts = json.map((row) => Object.entries(row).map(([name, cell]) => [name, String(cell ?? "")]));
    const escaped = texts.map((row) =>
      Object.fromEntries(row.map(([name, cell]) => [name, /^[=+\-@\t\r\n]/.test(cell ?? "") ? `'${cell}` : cell])),
    );
    expect(csv).toEqual(escaped);
    expect(csv.map(({ name }) => name)).toContain(`'${FORMULA}`);
  });

  test("U17: PDF carries the letters of most alphabets, and names what it cannot show", async () => {
    await client.call("createAction", { body: { name: "漢\u202e🎉", operation } });
    const text = await textOfPdf("changes");
    expect(text).toContain(ACTION.replaceAll(" ", ""));
    expect(text).toContain("<U+6F22><U+202E><U+1F389>");
    expect(text).toContain("Tenantdefault,from");
    expect(text).not.toContain("of-another-tenant");
  });

  test("however many rows there are, each is in every format once, and a PDF has as many pages as it takes", async () => {
    const targets = { environments: ["uat" as const] };
    const { execution_id } = await client.call("startExecution", { body: { targets, operation } });
    const rows = (await rowsOf("executions")).filter((row) => row["execution_id"] === execution_id);
    const hostnames = rows.map(({ server }) => server);
    expect(new Set(hostnames).size).toBe(SERVERS);
    expect(hostnames).toHaveLength(SERVERS);
    expect((await csvOf("executions")).filter((row) => row["execution_id"] === execution_id)).toHaveLength(SERVERS);
    const text = await textOfPdf("executions");
    expect(text.match(/many\d+x/g)?.toSorted()).toEqual(hostnames.map(String).toSorted());
    expect(text).toContain(`${SERVERS + 1}rows`);
    expect(text.split("\f").length).toBeGreaterThan(10);
  });
});

describe("for whom, and of when", () => {
  test("each kind takes the permission of what is in it", async () => {
    const open = [];
    for (const kind of reportKindNames) if ((await report(kind, {}, "viewer")).status === 200) open.push(kind);
    expect(open).toEqual(["executions"]);
    expect((await report("evidence", {}, "admin", "theirs")).status).toBe(403);
  });

  test("a tenant's report is of that tenant alone", async () => {
    expect((await rowsOf("changes", {}, "theirs")).map(({ name }) => name)).toEqual(["of-another-tenant"]);
    expect(JSON.stringify(await rowsOf("changes"))).not.toContain("of-another-tenant");
  });

  test("a period ends before its end, and what cannot be a report is refused", async () => {
    expect(await rowsOf("changes", { until: "2020-01-01T00:00:00Z" })).toEqual([]);
    expect(await rowsOf("executions", { since: "2999-01-01T00:00:00Z", until: "2999-02-01T00:00:00Z" })).toEqual([]);
    const answer = await report("changes", { since: "2020-01-02T00:00:00Z", until: "2020-01-01T00:00:00Z" });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("must be before until")]);
    expect((await report("changes", { format: "xls" })).status).toBe(400);
    for (const format of reportFormats) {
      const empty = await report("changes", { format, until: "2020-01-01T00:00:00Z" });
      expect([empty.status, (await empty.text()).length > 0]).toEqual([200, true]);
    }
  });
});

describe("a schedule of reports", () => {
  const monthly = { kind: "changes" as const, expression: "@monthly" };

  async function scheduled(more: Partial<z.input<typeof NewReportSchedule>> = {}): Promise<ReportSchedule> {
    // S56: what people call it is in no name of a file.
    const body = { name: `"><svg onload>..\\..\\x ${crypto.randomUUID()}`, ...monthly, ...more };
    const made = await client.call("createReportSchedule", { body });
    const planned = async () =>
      await installation.rows(
        `select from report_schedules where report_schedule_id = '${made.report_schedule_id}' and next_at is not null`,
        "*",
      );
    await eventually(async () => (await planned()).length === 1, "its next time is known");
    return made;
  }

  /** Lets the next report be due since a moment that is past. */
  async function letBeDue({ report_schedule_id }: ReportSchedule, since: string, until: string): Promise<void> {
    await installation.query(`update report_schedules set covered_until = '${since}', next_at = '${until}'
      where report_schedule_id = '${report_schedule_id}'`);
  }

  async function made({ report_schedule_id }: ReportSchedule, count: number) {
    const list = async () => (await client.call("listReports", { query: { report_schedule_id } })).items;
    await eventually(async () => (await list()).length >= count, `it has made ${count} reports`);
    return await list();
  }

  const content = async (reportId: string, role: "viewer" | "admin" = "admin", tenant = "default") =>
    await fetch(`${url}/api/v1/reports/${reportId}/content`, {
      headers: { authorization: `Bearer ${await installation.token(role, tenant)}` },
    });

  const [since, until] = ["2020-01-01T00:00:00.000Z", new Date(Date.now() - 120_000).toISOString()];

  test("makes its reports once, with two orchestrators, keeps them to be read again, and tells of them", async () => {
    const other = await installation.start();
    const { channel_id } = await client.call("createChannel", {
      body: { name: "auditors", target: { type: "email", to: ["audit@example.com"] } },
    });
    const rule = { name: "reports", channel_ids: [channel_id], events: ["report.ready" as const] };
    await client.call("createNotificationRule", { body: rule });
    const all = await Promise.all(Array.from({ length: 8 }, () => scheduled({ formats: ["json", "csv"] })));
    for (const schedule of all) await letBeDue(schedule, since, until);
    for (const schedule of all) {
      const reports = await made(schedule, 2);
      expect(reports.map(({ format }) => format).toSorted()).toEqual(["csv", "json"]);
      expect(reports[0]).toMatchObject({ name: schedule.name, kind: "changes", since, until });
    }
    await other.stop();
    expect((await client.call("listReports", { query: {} })).items).toHaveLength(2 * all.length);

    const told = await installation.rows(
      "select fields from notification_deliveries where event = 'report.ready'",
      "*",
    );
    const fields = told.map((row) => z.object({ report: z.string(), link: z.string() }).parse(row["fields"]));
    expect(fields.map(({ report: name }) => name).toSorted()).toEqual(all.map(({ name }) => name).toSorted());
    const link = new URL(fields[0]?.link ?? "", `${url}/`);
    const headers = { authorization: `Bearer ${await installation.token("admin")}` };
    const file = await fetch(link, { headers });
    expect(file.headers.get("content-disposition")).toMatch(
      /^attachment; filename="changes-2020-01-01-[0-9-]+\.json"$/,
    );
    const text = await file.text();
    expect(Report.parse(JSON.parse(text)).report).toMatchObject({ created_by: `schedule ${fields[0]?.report}`, since });
    const kept = (await client.call("listReports", { query: { format: "json" } })).items;
    const sha256 = createHash("sha256").update(text).digest("hex");
    const same = kept.find(({ report_id }) => link.pathname.includes(report_id));
    expect(same).toMatchObject({ sha256, size_bytes: Buffer.byteLength(text) });
  });

  test("goes on where the report before it ended, however long nothing ran, and a file is read piece by piece", async () => {
    await installation.rows(
      `insert into audit_events (at, event_type, actor, resource, details, result)
        select '2020-06-01', 'action.updated', '{"type":"user","id":"x","ip_address":null,"user_agent":null}',
          '{"type":"action","id":"x","name":"long ago"}', jsonb_build_object('text', repeat('x', 1000)),
          '{"success":true,"error_message":null,"affected_count":1}' from generate_series(1, 700)`,
      "default",
    );
    const schedule = await scheduled({ formats: ["csv"] });
    await letBeDue(schedule, since, until);
    const [first] = await made(schedule, 1);
    expect(first?.size_bytes).toBeGreaterThan(2 * 262_144);
    expect((await (await content(first?.report_id ?? "")).text()).match(/long ago/g)).toHaveLength(700);
    const rows = `select covered_until from report_schedules where report_schedule_id = '${schedule.report_schedule_id}'`;
    expect(await installation.rows(rows, "*")).toEqual([{ covered_until: new Date(until) }]);
    const again = await client.call("getReportSchedule", { params: schedule });
    expect(Date.parse(again.next_at ?? "")).toBeGreaterThan(Date.now());
  });

  test("is for those who may read its reports, and each of them is the tenant's own, for so many days", async () => {
    const schedule = await scheduled({ formats: ["json"] });
    await letBeDue(schedule, since, until);
    const report_id = (await made(schedule, 1))[0]?.report_id ?? "";
    expect((await content(report_id, "viewer")).status).toBe(403);
    expect((await content(report_id, "admin", "theirs")).status).toBe(404);
    const theirs = await installation.client(url, "admin", "theirs");
    expect((await theirs.call("listReports", { query: {} })).items).toEqual([]);
    const evidence = { name: "evidence", kind: "evidence" as const, expression: "@daily" };
    await expect(theirs.call("createReportSchedule", { body: evidence })).rejects.toThrow("audit:verify");
    await client.call("deleteReportSchedule", { params: schedule });
    expect((await content(report_id)).status).toBe(200);
    await installation.query(`update reports set expires_at = now() where report_id = '${report_id}'`);
    await eventually(async () => (await content(report_id)).status === 404, "it is past its time");
  });

  test("that could never be due, or too often, is refused", async () => {
    for (const expression of ["0 0 30 2 *", "99 0 * * *", "@hourly", "*/5 * * * *"]) {
      const body = { name: "refused", kind: "changes" as const, expression };
      const error = await client.call("createReportSchedule", { body }).catch((caught: unknown) => caught);
      const errors = error instanceof ClientError ? error.problem.errors : error;
      expect(errors, expression).toMatchObject([{ path: "body.expression" }]);
    }
  });
});

test("the examples of docs/reports.md work as they stand there", async () => {
  const script = examplesIn("reports.md", "sh").join("");
  const env = { ...process.env, HOMESLICE_URL: url, TOKEN: await installation.token("admin") };
  await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], { cwd: directory, env });
  const rows = z
    .array(z.record(z.string(), z.string()))
    .parse(parse(readFileSync(join(directory, "who.csv"), "utf8"), { columns: true }));
  expect(rows.map(({ action }) => action)).toContain(ACTION);
  expect(readFileSync(join(directory, "access.pdf")).subarray(0, 5).toString()).toBe("%PDF-");
  const { items } = await client.call("listReportSchedules", { query: { search: "of the month" } });
  expect(items).toMatchObject([{ kind: "changes", formats: ["pdf", "csv"], keep_days: 730 }]);
});
