import { csvLine } from "@homeslice/orchestrator/csv.ts";
import { type AuditEvent, createClient } from "@homeslice/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Installation } from "./harness.ts";

let installation: Installation;
let url: string;

beforeAll(async () => {
  installation = await Installation.create();
  ({ url } = await installation.start());
  const admin = await installation.client(url);
  await admin.call("registerServer", { body: { hostname: "exported" } });
  const theirs = await installation.client(url, "admin", "theirs");
  await theirs.call("registerServer", { body: { hostname: "not-exported" } });
});

afterAll(async () => await installation.destroy());

async function exported(query: string, role: "admin" | "viewer" = "admin") {
  const headers = { authorization: `Bearer ${await installation.token(role)}` };
  return await fetch(`${url}/api/v1/audit/export${query}`, { headers });
}

test("one's own tenant's entries come as JSON lines and as CSV, all of them and no other's", async () => {
  for (let index = 0; index < 1_050; index += 50) {
    await installation.query(`insert into audit_events (tenant_id, event_type, actor, resource, details, result)
      select 'default', 'server.updated', '{"type":"user","id":"x","ip_address":null,"user_agent":null}',
        '{"type":"server","id":null,"name":null}', '{}', '{"success":true,"error_message":null}' from generate_series(1, 50)`);
  }
  const jsonl = await (await exported("?format=jsonl")).text();
  const events = jsonl
    .trimEnd()
    .split("\n")
    .map((line): AuditEvent => JSON.parse(line));
  expect(events).toHaveLength(1_051);
  expect(events.at(-1)).toMatchObject({ event_type: "server.registered", resource: { name: "exported" } });
  expect(jsonl).not.toContain("not-exported");
  const csv = await exported("");
  expect(csv.headers.get("content-type")).toContain("text/csv");
  expect(csv.headers.get("content-disposition")).toBe('attachment; filename="audit.csv"');
  expect((await csv.text()).trimEnd().split("\r\n")).toHaveLength(1_052);
});

test("filters hold for lists and exports alike", async () => {
  const client = await installation.client(url);
  const { items } = await client.call("listAudit", {
    query: { since: "2000-01-01T00:00:00Z", event_type: "server.registered" },
  });
  expect(items).toHaveLength(1);
  expect((await client.call("listAudit", { query: { until: "2000-01-01T00:00:00Z" } })).items).toEqual([]);
  expect((await (await exported("?event_type=server.registered")).text()).trimEnd().split("\r\n")).toHaveLength(2);
});

test("only an admin gets it, and only with filters that there are", async () => {
  expect((await exported("", "viewer")).status).toBe(403);
  for (const query of ["?format=xls", "?format=csv&format=jsonl", "?sort=__proto__", "?since=yesterday"]) {
    expect((await exported(query)).status).toBe(400);
  }
});

describe("U8: a cell of the CSV", () => {
  test.each([
    ["=1+1", `"'=1+1"`],
    ["+1", `"'+1"`],
    ["-1", `"'-1"`],
    ["@SUM(A1)", `"'@SUM(A1)"`],
    ["\t=1", `"'\t=1"`],
    ["\r=1", `"'\r=1"`],
    ['a"b', '"a""b"'],
    ['"=1', '"""=1"'],
    ["a,b\nc", '"a,b\nc"'],
  ])("%j is never a formula, and stays one cell", (cell, written) => {
    expect(csvLine([cell])).toBe(`${written}\r\n`);
  });
});

test("S52: what a client says of itself stays one line and one field", async () => {
  const forged = 'x", "success": true} {"level":"error"';
  const headers = { authorization: `Bearer ${await installation.token("viewer")}`, "user-agent": forged };
  expect((await fetch(`${url}/api/v1/audit`, { headers })).status).toBe(403);
  const text = await (await exported("?format=jsonl&event_type=request.refused")).text();
  const lines = text.trimEnd().split("\n");
  expect(lines.map((line): AuditEvent => JSON.parse(line)).map(({ actor }) => actor.user_agent)).toContain(forged);
});

test("a flood of strangers is told in few entries, and counted", async () => {
  const fresh = await Installation.create();
  fresh.with = { trustedProxies: ["127.0.0.1"] };
  const { url: address } = await fresh.start();
  for (let index = 0; index < 150; index++) {
    const headers = { "x-forwarded-for": `10.0.${index >> 8}.${index & 255}` };
    expect((await fetch(`${address}/api/v1/servers`, { headers })).status).toBe(401);
  }
  const { items } = await (await fresh.client(address)).call("listAudit", { query: { limit: 1_000 } });
  expect(items).toHaveLength(100);
  await fresh.destroy();
});

test("SF5: while the audit log cannot be written, nothing is changed, started or made", async () => {
  const admin = await installation.client(url);
  const { items } = await admin.call("listServers");
  const server_id = items[0]?.server_id ?? "";
  await installation.query("alter table audit_events add constraint broken check (event_id < 0) not valid");
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  await expect(admin.call("startServerExecution", { params: { server_id }, body: { operation } })).rejects.toThrow();
  await expect(admin.call("registerServer", { body: { hostname: "unlogged" } })).rejects.toThrow();
  await expect(admin.call("createApiToken", { body: { name: "unlogged" } })).rejects.toThrow();
  await expect(createClient({ url }).call("listServers")).rejects.toThrow();
  await installation.query("alter table audit_events drop constraint broken");
  expect((await admin.call("listExecutions")).items).toEqual([]);
  expect((await admin.call("listServers")).items.map(({ hostname }) => hostname)).toEqual(["exported"]);
  expect((await admin.call("listApiTokens")).items).toEqual([]);
});
