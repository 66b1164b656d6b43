import { createECDH } from "node:crypto";
import { type Client, closeCode, type Role, type RouteName, routeNames, routes } from "@homeslice/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

let installation: Installation;
let url: string;
let theirs: Client;
/** What belongs to the tenant `theirs`, by the name of the path's parameter. */
let objects: Record<string, string>;

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

beforeAll(async () => {
  installation = await Installation.create();
  ({ url } = await installation.start());
  theirs = await installation.client(url, "admin", "theirs");
  const { server, enrolment_token } = await theirs.call("registerServer", { body: { hostname: "theirs" } });
  await TestAgent.enrol(url, enrolment_token);
  const { action_id } = await theirs.call("createAction", { body: { name: "theirs", operation } });
  const params = { server_id: server.server_id };
  const { rule_id } = await theirs.call("createApprovalRule", { body: { name: "theirs" } });
  const target = { type: "email" as const, to: ["ops@example.com"] };
  const { channel_id } = await theirs.call("createChannel", { body: { name: "theirs", target } });
  const ours = await installation.client(url, "admin", "ours");
  const own = await ours.call("createChannel", { body: { name: "ours", target } });
  bodies.updateNotificationRule = { name: "stolen", channel_ids: [own.channel_id] };
  const secret = `whsec_${"A".repeat(32)}`;
  const hook = { name: "theirs", source: "webhook" as const, secret, action_template_id: action_id };
  const { hook_id } = await theirs.call("createHook", { body: hook });
  const ownAction = await ours.call("createAction", { body: { name: "ours", operation } });
  bodies.updateHook = { ...hook, name: "stolen", action_template_id: ownAction.action_id };
  const kept = { name: "theirs", source: { type: "value" as const, value: "s3cret" } };
  const { secret_id } = await theirs.call("createSecret", { body: kept });
  bodies.updateSecret = { ...kept, name: "stolen" };
  const told = { name: "theirs", channel_ids: [channel_id], events: ["approval.requested" as const] };
  await theirs.call("createNotificationRule", { body: told });
  const { execution_id } = await theirs.call("startServerExecution", { params, body: { operation } });
  const deliveries = async () => (await theirs.call("listDeliveries")).items;
  await eventually(async () => (await deliveries()).length > 0, "somebody is to be told");
  const delivery_id = (await deliveries())[0]?.delivery_id ?? "";
  const account = { username: "theirs", password: "a long password" };
  const { account_id } = await theirs.call("createAccount", { body: account });
  const { token_id } = await theirs.call("createApiToken", { body: { name: "theirs" } });
  const lock = { server_id: server.server_id, lock_type: "maintenance" as const, reason: "theirs" };
  const { lock_id } = await theirs.call("acquireLock", { body: lock });
  const { schedule_id } = await theirs.call("createSchedule", { body: schedule(server.server_id) });
  const { report_schedule_id } = await theirs.call("createReportSchedule", { body: reports });
  const binding = { name: "theirs", role: "admin" as const };
  const { role_binding_id } = await theirs.call("createRoleBinding", { body: binding });
  const steps = [{ name: "ask", gate: { message: "?" } }];
  const { workflow_id } = await theirs.call("createWorkflow", { body: { name: "theirs", steps } });
  const { run_id } = await theirs.call("startWorkflow", { params: { workflow_id }, body: {} });
  const keys = { p256dh: createECDH("prime256v1").generateKeys("base64url"), auth: "A".repeat(22) };
  const { subscription_id } = await theirs.call("subscribePush", { body: { endpoint: "https://example.com/x", keys } });
  const made = {
    subscription_id,
    workflow_id,
    run_id,
    step: "ask",
    channel_id,
    hook_id,
    secret_id,
    delivery_id,
    lock_id,
    account_id,
    token_id,
    schedule_id,
    report_schedule_id,
    role_binding_id,
    rule_id,
    action_id,
    execution_id,
  };
  objects = { ...made, server_id: server.server_id };
});

afterAll(async () => await installation.destroy());

function schedule(server_id: string) {
  const timing = { type: "once", at: "2999-01-01T00:00:00Z" } as const;
  return { name: "theirs", timing, execution: { target_servers: [server_id], operation } };
}

const reports = { name: "theirs", kind: "changes" as const, expression: "@monthly" };

/** A body that each route takes: what is refused is the object, not the request. */
const bodies: Partial<Record<RouteName, unknown>> = {
  updateServer: { hostname: "stolen" },
  updateAction: { name: "stolen", operation },
  previewAction: {},
  updateApprovalRule: { name: "stolen" },
  updateChannel: { name: "stolen", target: { type: "email", to: ["thief@example.com"] } },
  decideApproval: { decision: "approve", reason: "stolen" },
  updateWorkflow: { name: "stolen", steps: [{ name: "ask", gate: { message: "?" } }] },
  startWorkflow: {},
  decideGate: { decision: "approve", reason: "stolen" },
  updateSchedule: schedule("00000000-0000-7000-8000-000000000000"),
  updateReportSchedule: { ...reports, name: "stolen" },
  updateRoleBinding: { name: "stolen", role: "admin" },
  changeAccount: { role: "admin" },
  startServerExecution: { operation },
  overrideBreaker: { mode: "open", reason: "stolen" },
  extendLock: {},
  forceReleaseLock: { reason: "stolen" },
};

async function send(name: RouteName, role: Role, tenant: string, body: unknown = bodies[name]) {
  const { method, path } = routes[name];
  const headers = new Headers({ authorization: `Bearer ${await installation.token(role, tenant)}` });
  if (body !== undefined) headers.set("content-type", "application/json");
  const target = path.replace("{version}", "1").replaceAll(/\{(\w+)\}/g, (_, id: string) => objects[id] ?? id);
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(url + target, { method, headers, ...init });
  return { status: response.status, text: await response.text() };
}

/** What belongs to the whole installation: its log and what is around it. */
const shared: readonly string[] = ["verifyAudit", "getPlatform", "listDriftChecks"];
/** Those that are about tenants themselves are for the people of the default one: see the tests of access. */
const withObject = routeNames.filter((name) => /\{(?!tenant\})/.test(routes[name].path));
const lists = routeNames.filter(
  (name) => routes[name].method === "GET" && !routes[name].path.includes("{") && !shared.includes(name),
);

describe("S35: another tenant's objects are not there", () => {
  test.each(withObject)("%s answers 404 to the admin of another tenant", async (name) => {
    const { status, text } = await send(name, "admin", "ours");
    expect([status, text]).toEqual([404, expect.stringContaining("not_found")]);
    expect(text).not.toContain("theirs");
  });

  test.each(lists)("%s shows nothing of them", async (name) => {
    const { status, text } = await send(name, "admin", "ours");
    expect(status).toBe(200);
    for (const id of Object.values(objects)) expect(text).not.toContain(id);
  });

  test("they are as they were", async () => {
    const params = { server_id: objects["server_id"] ?? "" };
    expect((await theirs.call("getServer", { params })).hostname).toBe("theirs");
    expect((await theirs.call("listExecutions")).items).toHaveLength(1);
  });

  test("their live views are not there either", async () => {
    const headers = { authorization: `Bearer ${await installation.token("admin", "ours")}` };
    for (const path of [`executions/${objects["execution_id"]}`, `workflow-runs/${objects["run_id"]}`]) {
      const socket = new WebSocket(`${url.replace("http", "ws")}/ws/${path}`, { headers });
      let closed: number | undefined;
      socket.on("close", (code) => {
        closed = code;
      });
      await eventually(() => closed !== undefined, "the socket is closed");
      expect(closed).toBe(closeCode.not_found);
    }
  });
});

test("S50: a bulk start over both tenants' servers starts nothing, and tells nothing of the other's", async () => {
  const ours = await installation.client(url, "admin", "ours");
  const { server } = await ours.call("registerServer", { body: { hostname: "ours" } });
  const target_servers = [server.server_id, objects["server_id"]];
  const { status, text } = await send("startExecution", "admin", "ours", { target_servers, operation });
  expect(status).toBe(404);
  expect(text).not.toContain(server.server_id);
  expect((await ours.call("listExecutions")).items).toEqual([]);
  expect(text).toBe((await send("startExecution", "admin", "ours", { target_servers, operation })).text);
});

test("S49: the same idempotency key of another tenant's user is another key", async () => {
  const key = crypto.randomUUID();
  const start = async (tenant: string) => {
    const client = await installation.client(url, "admin", tenant);
    const { server } = await client.call("registerServer", { body: { hostname: "keyed" } });
    const params = { server_id: server.server_id };
    return await client.call("startServerExecution", { params, body: { operation }, idempotencyKey: key });
  };
  const [first, second] = [await start("ours"), await start("theirs")];
  expect(first.execution_id).not.toBe(second.execution_id);
});

test("a name is taken in one tenant alone", async () => {
  const ours = await installation.client(url, "admin", "ours");
  await ours.call("createAction", { body: { name: "theirs", operation } });
  await expect(theirs.call("createAction", { body: { name: "theirs", operation } })).rejects.toThrow("named");
});

test("each tenant reads its own audit log, and the agent's entries are in that of its server", async () => {
  const types = async (tenant: string) => {
    const { items } = await (await installation.client(url, "admin", tenant)).call("listAudit");
    return items.map(({ event_type, resource }) => `${event_type} ${resource.name}`);
  };
  expect(await types("theirs")).toContain("agent.enrolled test-host");
  for (const tenant of ["ours", "default"]) expect(await types(tenant)).not.toContain("agent.enrolled test-host");
});

describe("the database keeps tenants apart by itself", () => {
  const tables = [
    "servers",
    "enrolment_tokens",
    "actions",
    "executions",
    "execution_targets",
    "audit_events",
    "accounts",
    "api_tokens",
  ];

  test("a connection sees the rows of its tenant, and none before it was told which that is", async () => {
    for (const table of tables) {
      const count = async (scope: string) => (await installation.rows(`select from ${table}`, scope)).length;
      expect([table, await count("")]).toEqual([table, 0]);
      expect([table, await count("nobody")]).toEqual([table, 0]);
      expect(await count("theirs")).toBeGreaterThan(0);
      expect(await count("*")).toBeGreaterThanOrEqual(await count("theirs"));
    }
  });

  test("it can neither change another's rows nor give its own away, nor hide rows from everybody", async () => {
    const steal = "update servers set hostname = 'stolen' where hostname = 'theirs' returning server_id";
    expect(await installation.rows(steal, "ours")).toEqual([]);
    const give = "update servers set tenant_id = 'ours' where hostname = 'theirs'";
    await expect(installation.rows(give, "theirs")).rejects.toThrow("row-level security");
    const insert = "insert into servers (hostname, environment, created_by) values ('x', 'dev', 'x')";
    await expect(installation.rows(insert, "*")).rejects.toThrow("servers_tenant_id_check");
  });

  test("every table with rows of tenants is bound, its owner too", async () => {
    const unbound = `select relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace
        and not (relrowsecurity and relforcerowsecurity)`;
    expect(await installation.rows(unbound, "*")).toEqual([]);
    // One policy each, and for all of them the same, but for limits, whose scope may be everything.
    const policies = `select distinct permissive, roles::text as roles, cmd, qual, with_check from pg_policies
      where schemaname = current_schema() and tablename <> 'limits'`;
    expect(await installation.rows(policies, "*")).toHaveLength(1);
    const several =
      "select tablename from pg_policies where schemaname = current_schema() group by 1 having count(*) > 1";
    expect(await installation.rows(several, "*")).toEqual([]);
    const without = `select table_name from information_schema.columns where table_schema = current_schema()
      group by 1 having not bool_or(column_name = 'tenant_id') order by 1`;
    const names = (await installation.rows(without, "*")).map((row) => Object.values(row)[0]);
    // What is of the whole installation. A new table has to be added here, or get a tenant.
    expect(names).toEqual(["audit_origin", "kysely_migration", "kysely_migration_lock", "limits", "used_bootstraps"]);
  });
});
