import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Report, type ReportKind, reportFormats, reportKindNames } from "@homeslice/protocol";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { debianProgram } from "../../support/debian.ts";
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

  test("evidence: the chain computed anew, and the hash at which each day ended", async () => {
    const [chain, day] = await rowsOf("evidence");
    expect(chain).toMatchObject({ finding: "intact", first_position: 1 });
    expect(day?.["day"]).toBe(new Date().toISOString().slice(0, 10));
    expect(day?.["last_hash"]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("formats", () => {
  test("CSV is JSON's rows, and never a formula", async () => {
    const [json, csv] = [await rowsOf("changes"), await csvOf("changes")];
    const texts = json.map((row) => Object.entries(row).map(([name, cell]) => [name, String(cell ?? "")]));
    const escaped = texts.map((row) =>
      Object.fromEntries(row.map(([name, cell]) => [name, /^[=+\-@\t\r\n]/.test(cell ?? "") ? `'${cell}` : cell])),
    );
    expect(csv).toEqual(escaped);
    expect(csv.map(({ name }) => name)).toContain(`'${FORMULA}`);
  });

  test("PDF carries the letters of most alphabets, and names what it cannot show", async () => {
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

test("the example of docs/reports.md works as it stands there", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/reports.md"), "utf8");
  const [, script = ""] = page.match(/```sh\n([^`]+)```/) ?? [];
  const env = { ...process.env, HOMESLICE_URL: url, TOKEN: await installation.token("admin") };
  await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], { cwd: directory, env });
  const rows = z
    .array(z.record(z.string(), z.string()))
    .parse(parse(readFileSync(join(directory, "who.csv"), "utf8"), { columns: true }));
  expect(rows.map(({ action }) => action)).toContain(ACTION);
  expect(readFileSync(join(directory, "access.pdf")).subarray(0, 5).toString()).toBe("%PDF-");
});
