import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startInstallation } from "../../apps/orchestrator/harness.ts";
import { argumentsOf, examplesIn, expectShown, terminal } from "../../support/documentation.ts";
import { eventually } from "../../support/eventually.ts";
import { commandLine } from "./commandLine.ts";

const { installation, url, client } = await startInstallation();
const homeslice = commandLine(url, () => installation.token("admin"));
const operator = commandLine(url, () => installation.token("operator"));
const directory = mkdtempSync(join(tmpdir(), "homeslice-commands-"));
afterAll(() => rmSync(directory, { recursive: true }));
const file = (name: string) => join(directory, name);

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const definitions = `kind: Action
name: clean up
spec:
  operation: { type: shell_command, argv: [/usr/local/bin/clean-up] }
---
kind: Schedule
name: every night
spec:
  timing: { type: cron, expression: "30 2 * * *", time_zone: Europe/Berlin }
  execution: { action: clean up, targets: { environments: [prod] } }
---
kind: ApprovalRule
name: four eyes
spec: { environments: [prod] }
`;

let execution = "";

beforeAll(async () => {
  mkdirSync(file("definitions"));
  writeFileSync(file("definitions/all.yaml"), definitions);
  writeFileSync(file("password.txt"), "correct horse battery staple\n");
  writeFileSync(file("channel.yaml"), "{ type: slack, url: 'https://hooks.slack.com/services/secret' }");
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const { action_id } = await client.call("createAction", { body: { name: "restart", operation } });
  const hook = { name: "restart what is down", source: "alertmanager" as const, secret: WEBHOOK_SECRET };
  const match = { alertname: "InstanceDown" };
  const bound = { action_template_id: action_id, targets: { environments: ["prod" as const] } };
  await client.call("createHook", { body: { ...hook, match, ...bound } });
});

/** An execution of somebody else that waits to be approved; it needs the rule of the definitions. */
async function waiting(): Promise<string> {
  const { server } = await client.call("registerServer", { body: { hostname: "db-1", environment: "prod" } });
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const body = { operation, target_servers: [server.server_id] };
  return (await (await installation.client(url, "operator")).call("startExecution", { body })).execution_id;
}

/** The words of a command, with the files that it reads and writes where they are here. */
function words(command: string, variables: ReadonlyMap<string, string>): string[] {
  const given = argumentsOf(command, variables);
  const files = /^(definitions|password\.txt|channel\.yaml|access\.pdf)$/;
  return given.map((word, at) => (files.test(word) && given[at - 1]?.startsWith("-") ? file(word) : word));
}

test("every command of the documentation does what it shows", { timeout: 60_000 }, async () => {
  const variables = new Map<string, string>();
  for (const step of examplesIn("cli.md", "console").flatMap(terminal)) {
    const [command = "", ...shown] = step.split("\n");
    if (command.includes("approvals list")) variables.set("EXECUTION", await waiting());
    const [, variable, inner] = /^([A-Z]+)=\$\((.*)\)$/.exec(command) ?? [];
    const { code, out, err } = await homeslice(...words(inner ?? command, variables));
    expect({ command, code, err: code === 0 ? "" : err }).toEqual({ command, code: 0, err: "" });
    if (variable !== undefined) variables.set(variable, out.trim());
    expectShown(out, shown, command);
  }
  execution = variables.get("EXECUTION") ?? "";
  expect(readFileSync(file("access.pdf"), "latin1")).toMatch(/^%PDF-/);
});

test("what was found is one JSON for scripts, with nothing around it", async () => {
  for (const argv of [
    ["schedules", "list"],
    ["approvals", "show", execution],
    ["hooks", "pause", "restart what is down"],
    ["reports", "list"],
    ["servers", "list"],
  ]) {
    const { out } = await homeslice(...argv, "--json");
    expect(JSON.parse(out), argv.join(" ")).toBeTypeOf("object");
  }
});

test("what is deleted, revoked or written to a file is told to scripts, too", async () => {
  await client.call("registerServer", { body: { hostname: "old-1" } });
  await homeslice("secrets", "set", "old", "--variable", "OLD");
  await homeslice("notifications", "set", "old", "--file", file("channel.yaml"));
  await homeslice("tokens", "create", "old");
  await homeslice("roles", "set", "old", "viewer");
  for (const [argv, told] of [
    [["secrets", "delete", "old"], { name: "old", secret_id: expect.any(String) }],
    [["notifications", "delete", "old"], { name: "old", type: "slack" }],
    [["tokens", "revoke", "old"], { name: "old", role: "viewer" }],
    [["roles", "delete", "old"], { name: "old", role: "viewer" }],
    [["servers", "delete", "old-1", "--yes"], { hostname: "old-1" }],
  ] as const) {
    const { code, out } = await homeslice(...argv, "--json");
    expect({ argv, code, told: JSON.parse(out) }).toMatchObject({ argv, code: 0, told });
  }
  const written = await homeslice("reports", "download", "changes", "--out", file("told.json"), "--json");
  const held = readFileSync(file("told.json"));
  const sha256 = createHash("sha256").update(held).digest("hex");
  expect(JSON.parse(written.out)).toEqual({ path: file("told.json"), bytes: held.length, sha256 });
});

test("the audit log is checked wherever the orchestrator is, and a break of its chain fails with 1", async () => {
  const sealed = async () => JSON.parse((await homeslice("audit", "verify", "--json")).out).unsealed === 0;
  await eventually(sealed, "all entries are in the chain");
  expect((await homeslice("audit", "verify")).out).toMatch(/^The audit log is intact: \d+ entries checked/);
  expect(await operator("audit", "verify")).toMatchObject({ code: 2, err: expect.stringContaining("audit:verify") });
  await installation.query("update audit_events set details = '{\"forged\":true}' where position = 2");
  const broken = await homeslice("audit", "verify");
  expect(broken).toMatchObject({ code: 1, out: expect.stringContaining("entry 2 is not what it was") });
});

test("pausing a schedule and a hook keeps all else that they say", async () => {
  const before = (await client.call("listSchedules", { query: {} })).items[0];
  expect((await homeslice("schedules", "pause", "every night")).err).toContain('"every night" is paused');
  const paused = (await client.call("listSchedules", { query: {} })).items[0];
  expect(paused).toMatchObject({ timing: before?.timing, execution: before?.execution, paused: true });
  await homeslice("schedules", "resume", "every night");
  expect((await homeslice("hooks", "resume", "restart what is down")).err).toContain("is active");
  expect((await client.call("listHooks", { query: {} })).items[0]).toMatchObject({
    match: { alertname: "InstanceDown" },
  });
});

test("a channel that takes nothing fails its test with 1, and what was given up is tried again", async () => {
  // Nothing is sent to this machine, unless that is allowed.
  writeFileSync(file("webhook.yaml"), `{ type: webhook, url: "http://127.0.0.1:9", secret: "${WEBHOOK_SECRET}" }`);
  const set = ["notifications", "set", "inside", "--file", file("webhook.yaml")];
  expect((await homeslice(...set)).err).toContain("is created");
  const tried = await homeslice("notifications", "test", "inside");
  expect(tried).toMatchObject({ code: 1, out: expect.stringMatching(/^It was not taken: .*\n$/) });
  const { channel_id } = JSON.parse((await homeslice(...set, "--json")).out);
  const body = { name: "asked", events: ["approval.requested" as const], channel_ids: [channel_id] };
  await client.call("createNotificationRule", { body });
  await waiting();
  const deliveries = async (...more: string[]) =>
    JSON.parse((await homeslice("notifications", "deliveries", "--channel", "inside", "--json", ...more)).out);
  await eventually(async () => typeof (await deliveries())[0]?.last_error === "string", "it was tried in vain");
  await installation.query("update notification_deliveries set status = 'dead', next_attempt_at = null");
  expect(await deliveries("--status", "dead")).toHaveLength(1);
  expect((await homeslice("notifications", "retry", "--dead")).err).toContain("1 delivery is tried again");
  expect(await deliveries("--status", "dead")).toHaveLength(0);
});

test("a report that a schedule made is listed and fetched whole", async () => {
  await client.call("createReportSchedule", {
    body: { name: "monthly", kind: "changes", expression: "@monthly", formats: ["csv"] },
  });
  const planned = () => installation.rows("select from report_schedules where next_at is not null", "*");
  await eventually(async () => (await planned()).length > 0, "it is planned");
  const due = "covered_until = now() - interval '1 day', next_at = now() - interval '5 minutes'";
  await installation.query(`update report_schedules set ${due}`);
  const kept = async () => JSON.parse((await homeslice("reports", "kept", "--kind", "changes", "--json")).out);
  await eventually(async () => (await kept()).length > 0, "it is made");
  const [{ report_id, sha256 }] = await kept();
  expect((await homeslice("reports", "schedules")).out).toMatch(/monthly +changes +csv +@monthly UTC/);
  const { out, err } = await homeslice("reports", "fetch", report_id, "--out", file("changes.csv"), "--json");
  expect(err).toContain(`SHA-256 ${sha256}`);
  expect(JSON.parse(out)).toMatchObject({ path: file("changes.csv"), sha256 });
  expect(
    createHash("sha256")
      .update(readFileSync(file("changes.csv")))
      .digest("hex"),
  ).toBe(sha256);
});

const id = "00000000-0000-4000-8000-000000000000";
test.each([
  [["schedules", "show", "evry"], 'there is no schedule named "evry"'],
  [["approvals", "list", "--status", "open"], "Allowed choices are pending, approved"],
  [["approvals", "approve", "7", "--reason", "x"], '"7" is not the id of an execution'],
  [["approvals", "approve", id], "required option '--reason <text>' not specified"],
  [["approvals", "approve", id, "--reason", "x"], "there is no"],
  [
    ["locks", "acquire", "--server", "web-1", "--type", "execution", "--reason", "x"],
    "Allowed choices are maintenance",
  ],
  [["locks", "acquire", "--type", "emergency", "--reason", "x"], "--server: is missing"],
  [["locks", "extend", id, "--ttl", "2d"], "2d is longer than a lock may hold"],
  [["locks", "release", id], "there is no lock"],
  [["export", "--out", "/nowhere/all.yaml"], "/nowhere/all.yaml: cannot be written"],
  [["notifications", "retry"], "nothing is given to be tried again"],
  [["notifications", "set", "x", "--file", "/nowhere"], "/nowhere: cannot be read"],
  [["reports", "fetch", id, "--out", file("none.pdf")], "there is no"],
  [["reports", "download", "access", "--json"], "the report itself goes to standard output"],
  [["reports", "download", "everything"], "Allowed choices are executions"],
  [["reports", "download", "access", "--since", "yesterday"], '--since: "yesterday" is no time'],
  [
    ["reports", "download", "access", "--since", "2026-02-01", "--until", "2026-01-01"],
    "query.since: must be before until",
  ],
  [["secrets", "set", "x", "--variable", "A", "--path", "b"], "a secret has one source"],
  [["servers", "delete", "web-1"], "web-1 would be cut off at once"],
  [["schedules", "next", "every night", "--count", "0"], "Give a number from 1 to 100."],
  [["tokens", "revoke", "nobody"], 'there is no token named "nobody"'],
])("a mistake ends with 2 and with what to do: %j", async (argv, message) => {
  const { code, err } = await homeslice(...argv);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test("what the caller may not do is refused with 2, by the name of what it needs", async () => {
  const { code, err } = await operator("tokens", "list");
  expect(code).toBe(2);
  expect(err).toMatch(/tokens:manage|may not/);
});

test("no text that came from elsewhere moves the cursor of whoever looks at a list", async () => {
  const reason = "smoke\u001b[2J\nfire";
  await homeslice("locks", "acquire", "--server", "web-1", "--type", "emergency", "--reason", reason);
  const { out } = await homeslice("locks", "list");
  expect(out.split("\n")[1]).toMatch(/smoke�\[2J�fire$/);
});
