import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { apply } from "@homeslice/cli/automation/apply.ts";
import { type Client, createClient, HookAnswer, mintToken, type Route, routeNames, routes } from "@homeslice/protocol";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { startInstallation } from "../../apps/orchestrator/harness.ts";
import {
  argumentsOf,
  type Example,
  examples,
  expectShown,
  pages,
  showsSettings,
  terminal,
} from "../../support/documentation.ts";
import { commandLine } from "./commandLine.ts";

/** Pages with examples of automation that other tests run, or that of one language. */
const elsewhere = {
  "access.md json": ["apps/orchestrator/login.test.ts"],
  "cli.md": ["cli/automation/commands.test.ts"],
  "definitions.md": ["cli/automation/apply.test.ts"],
  "notifications.md js": ["apps/orchestrator/notifications.test.ts"],
  "reports.md": ["apps/orchestrator/reports.test.ts"],
  "workflows.md": ["cli/automation/workflows.test.ts"],
};

/** What a request is answered; calls of hooks, which prove themselves otherwise than all others, are in no catalogue. */
const answers: readonly Pick<Route, "method" | "path" | "status" | "response">[] = [
  ...routeNames.map((name) => routes[name]),
  { method: "POST", path: "/api/v1/hooks/{hook_id}/calls", status: 200, response: HookAnswer },
];

const { installation, url } = await startInstallation();
const directory = mkdtempSync(join(tmpdir(), "homeslice-documentation-"));
afterAll(() => rmSync(directory, { recursive: true }));

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** Somebody who goes through a page from its first example to its last, in a tenant of their own. */
interface Reader {
  readonly page: string;
  readonly tenant: string;
  readonly admin: Client;
  readonly servers: readonly string[];
  /** Values that stand for variables, and for `…` in the field of that name. */
  readonly known: Map<string, string>;
}

async function startReading(page: string): Promise<Reader> {
  const tenant = page.replace(".md", "");
  const admin = await installation.client(url, "admin", tenant);
  const hostnames = Array.from({ length: 5 }, (_, at) => `web-${at + 1}`);
  const registered = hostnames.map((hostname) =>
    admin.call("registerServer", { body: { hostname, environment: "prod", tags: ["network"] } }),
  );
  const servers = (await Promise.all(registered)).map(({ server }) => server.server_id);
  const { token } = await admin.call("createApiToken", { body: { name: "reader", role: "admin" } });
  const known = new Map([
    ["HOMESLICE_URL", url],
    ["TOKEN", token],
    ["secret", WEBHOOK_SECRET],
    ["SECRET", WEBHOOK_SECRET],
  ]);
  return { page, tenant, admin, servers, known };
}

async function somebody(name: string, { tenant }: Reader): Promise<Client> {
  return createClient({
    url,
    token: await mintToken(installation.secret, { subject: name, role: "admin", tenant }, 600),
  });
}

/** What a page takes for granted at the example that needs it: by the field or the variable that stands for it. */
const granted: Readonly<Record<string, (reader: Reader) => Promise<string>>> = {
  action_template_id: async ({ admin }) => {
    const operation = { type: "shell_command" as const, argv: ["restart", "{{unit}}"] satisfies [string, string] };
    const body = { name: "restart", operation, parameters: { unit: { type: "string" as const } } };
    return (await admin.call("createAction", { body })).action_id;
  },
  HOOK_ID: async ({ admin, known }) => {
    const action_template_id = known.get("action_template_id") ?? "";
    const from = { parameters_from: { unit: "unit" }, host_from: "instance" };
    const body = { name: "signed", source: "webhook" as const, secret: WEBHOOK_SECRET, action_template_id, ...from };
    return (await admin.call("createHook", { body })).hook_id;
  },
  EXECUTION_ID: async ({ tenant, servers }) => {
    const operator = await installation.client(url, "operator", tenant);
    const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
    const body = { operation, target_servers: [...servers] };
    const { execution_id, approval } = await operator.call("startExecution", { body });
    expect(approval).toBe("pending");
    return execution_id;
  },
  ACCESS_TOKEN: async ({ admin }) => {
    const body = { username: "bob", password: "a long password" };
    await admin.call("createAccount", { body: { ...body, role: "approver" } });
    return (await admin.call("logIn", { body })).access_token;
  },
};

async function valueFor(name: string, reader: Reader): Promise<string> {
  const value = reader.known.get(name) ?? (await granted[name]?.(reader));
  if (value === undefined) throw new Error(`${reader.page} does not say what ${name} is`);
  reader.known.set(name, value);
  return value;
}

/** Runs a script with one request in it as it stands in the documentation, and remembers the ids that are answered. */
async function request(command: string, reader: Reader): Promise<void> {
  const env: Record<string, string> = { PATH: process.env["PATH"] ?? "" };
  for (const [, name = ""] of command.matchAll(/\$\{?([A-Z_]+)/g)) env[name] = await valueFor(name, reader);
  let script = command;
  for (const [field, name = ""] of command.matchAll(/"(\w+)": \[?"(?:whsec_)?…"/g)) {
    const value = await valueFor(name, reader);
    script = script.replace(field, () => field.replace(/(?:whsec_)?…/, () => value));
  }
  const told = `curl() { command curl --write-out '%{stderr}\\n%{http_code} %{method} %{url_effective}' "$@"; }`;
  const { stdout, stderr } = await promisify(execFile)("bash", ["--norc", "-euc", `${told}\n${script}`], { env });
  const [status, method, address = ""] = stderr.slice(stderr.lastIndexOf("\n") + 1).split(" ");
  const answer = answers.find(
    ({ method: by, path }) =>
      by === method && new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(new URL(address).pathname),
  );
  expect({ command, status, said: answer === undefined || status === String(answer.status) ? "" : stdout }).toEqual({
    command,
    status: String(answer?.status),
    said: "",
  });
  const fields = z.looseObject({}).parse(answer?.response.parse(JSON.parse(stdout)));
  for (const [field, value] of Object.entries(fields)) {
    if (field.endsWith("_id") && typeof value === "string") reader.known.set(field, value).set(`${field}s`, value);
  }
}

/** Runs one command of a terminal. */
async function enter(step: string, reader: Reader): Promise<void> {
  if (step.startsWith("curl ")) return await request(step, reader);
  const [command = "", ...shown] = step.split("\n");
  if (!command.startsWith("./homeslice ")) throw new Error(`${reader.page}: nothing runs ${command}`);
  const homeslice = commandLine(url, () => valueFor("TOKEN", reader));
  const { code, out, err } = await homeslice(...argumentsOf(command));
  expect({ command, code, err: code === 0 ? "" : err }).toEqual({ command, code: 0, err: "" });
  expectShown(out, shown, command);
}

const AlertmanagerConfig = z.strictObject({
  receivers: z.tuple([
    z.strictObject({
      name: z.string(),
      webhook_configs: z.tuple([
        z.strictObject({
          url: z.url({ protocol: /^https$/ }),
          http_config: z.strictObject({ authorization: z.strictObject({ credentials_file: z.string() }) }),
        }),
      ]),
    }),
  ]),
});

/** Sends an alert where Alertmanager is told to, with the secret of the file. */
async function callAsAlertmanager(config: unknown, { known }: Reader): Promise<void> {
  const [{ webhook_configs }] = AlertmanagerConfig.parse(config).receivers;
  const { pathname } = new URL(webhook_configs[0].url);
  const labels = { alertname: "InstanceDown", instance: "web-1:9100", unit: "nginx" };
  const response = await fetch(url + pathname.replace("HOOK_ID", known.get("hook_id") ?? ""), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${known.get("secret")}` },
    body: JSON.stringify({ alerts: [{ status: "firing", fingerprint: "a", labels }] }),
  });
  expect(response.status).toBe(200);
}

/** Puts a file to the use that its first key says. */
async function useFile(text: string, reader: Reader): Promise<void> {
  if (text.startsWith("kind: ")) {
    const files = join(directory, reader.tenant);
    mkdirSync(files);
    writeFileSync(join(files, "example.yaml"), text);
    const { steps } = await apply(reader.admin, { directory: files, dryRun: false, prune: false });
    expect(steps.map(({ action }) => action)).toEqual(["create"]);
  } else {
    await callAsAlertmanager(parse(text), reader);
  }
}

async function run({ language, text }: Example, reader: Reader): Promise<void> {
  if (language === "yaml") return await useFile(text, reader);
  if (language === "sh") return await request(text, reader);
  if (language !== "console") throw new Error(`${reader.page}: nothing runs an example in ${language}`);
  const steps = terminal(text);
  expect(steps, reader.page).not.toEqual([]);
  for (const step of steps) await enter(step, reader);
}

async function preview({ admin, servers: [host = ""] }: Reader, name: string, parameters: object): Promise<string> {
  const { items } = await admin.call("listActions", { query: { search: name } });
  const params = { action_id: items[0]?.action_id ?? "" };
  const body = { parameters: { host, ...parameters }, target_servers: [host] };
  return (await admin.call("previewAction", { params, body })).summary;
}

/** Adds samples, and changes one. */
async function changeSample(reader: Reader): Promise<void> {
  await (await somebody("bob", reader)).call("addSampleActions");
  const alice = await somebody("alice", reader);
  const { items } = await alice.call("listActions", { query: { search: "Disk usage" } });
  for (const { action_id, version, metadata: _metadata, ...held } of items) {
    const body = { ...held, execution_config: { ...held.execution_config, timeout_seconds: 60 } };
    await alice.call("updateAction", { params: { action_id }, version, body });
  }
}

/** Pages with examples of automation that are run here, with what has come of them in the end. */
const here: Readonly<Record<string, (reader: Reader) => Promise<unknown>>> = {
  "access.md": async ({ admin }) => {
    const { items } = await admin.call("listRoleBindings");
    expect(items).toMatchObject([{ name: "night-shift", role: "operator" }]);
  },
  "actions.md": async (reader) => {
    expect(await preview(reader, "ping a server", { more: ["a", "b"] })).toBe("run echo ping -c 3 -- web-1 a b");
  },
  "approvals.md": async ({ admin, known }) => {
    const approval = await admin.call("getApproval", { params: { execution_id: known.get("EXECUTION_ID") ?? "" } });
    expect(approval).toMatchObject({ status: "pending", needed: 2, votes: [{ by: "bob", decision: "approve" }] });
  },
  "executions.md": async ({ admin, servers: [server_id] }) => {
    const { items } = await admin.call("listExecutions");
    expect(items).toMatchObject([{ execution_type: "bulk", priority: 7, results: { total_count: 5 } }]);
    expect(await admin.call("getQueue")).toMatchObject({ draining: true, queued: 2, held: 3 });
    const locks = await admin.call("listLocks", { query: { status: "active" } });
    expect(locks.items).toMatchObject([{ server_id, lock_type: "maintenance" }]);
  },
  "hooks.md": async ({ admin }) => {
    const { items } = await admin.call("listHooks", { query: { sort: "created" } });
    expect(items.map(({ source }) => source)).toEqual(["alertmanager", "webhook"]);
    for (const { hook_id } of items) {
      const calls = await admin.call("listHookCalls", { params: { hook_id }, query: {} });
      expect(calls.items).toMatchObject([{ outcome: "started", labels: { unit: "nginx" } }]);
    }
  },
  "notifications.md": async ({ admin, known }) => {
    const { items } = await admin.call("listNotificationRules", { query: {} });
    expect(items).toMatchObject([{ min_severity: "warning", channel_ids: [known.get("channel_id")] }]);
  },
  "schedules.md": async ({ admin }) => {
    const [schedule] = (await admin.call("listSchedules", { query: {} })).items;
    const clock = new Intl.DateTimeFormat("en", { timeZone: "Europe/Berlin", timeStyle: "short", hourCycle: "h23" });
    // At 02:30, or up to 300 seconds later.
    expect(clock.format(new Date(schedule?.next_fire ?? ""))).toMatch(/^02:3[0-5]$/);
  },
  "secrets.md": async (reader) => {
    expect(await preview(reader, "dump the shop", {})).toContain("pg_dump --host web-1 --username backup");
    await expect(preview(reader, "dump the shop", { password: "another" })).rejects.toThrow("do not fit");
  },
};

test.each(Object.entries(here))("every example of %s does what the page says", async (page, check) => {
  const reader = await startReading(page);
  if (page === "actions.md") await changeSample(reader);
  const own = examples(page).filter(
    (example) => !showsSettings(example) && !Object.hasOwn(elsewhere, `${page} ${example.language}`),
  );
  expect(own).not.toEqual([]);
  for (const example of own) await run(example, reader);
  await check(reader);
});

test("no page with an example of automation is left out", () => {
  const automation = pages().filter((page) => examples(page).some(({ text }) => /\bcurl\b|^kind: /m.test(text)));
  const listed = [...Object.keys(here), ...Object.keys(elsewhere)];
  expect(automation.filter((page) => !listed.includes(page))).toEqual([]);
  for (const [examplesOf, files] of Object.entries(elsewhere)) {
    for (const file of files) {
      const text = readFileSync(join(import.meta.dirname, "../..", file), "utf8");
      expect(text, file).toContain(`examplesIn("${examplesOf.split(" ")[0]}"`);
    }
  }
});
