import { type Client, ClientError, createClient, type NewApprovalRule, type NewExecution } from "@homeslice/protocol";
import { afterEach, describe, expect, test } from "vitest";
import type { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const { installation, url, client: admin } = await startInstallation();
const operator = await installation.client(url, "operator");
const approver = await installation.client(url, "approver");

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

afterEach(async () => await installation.query("delete from approval_rules"));

async function rule(more: Partial<z.input<typeof NewApprovalRule>> = {}) {
  return await admin.call("createApprovalRule", { body: { name: "four eyes", ...more } });
}

async function connectedServer(environment: "dev" | "prod" = "prod") {
  const { server, enrolment_token } = await admin.call("registerServer", {
    body: { hostname: "guarded", environment },
  });
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.connect(url);
  await link.receive("welcome");
  return { server_id: server.server_id, link };
}

async function serverOf(environment: "dev" | "prod" = "prod"): Promise<string> {
  const { server } = await admin.call("registerServer", { body: { hostname: "quiet", environment } });
  return server.server_id;
}

const start = async (target_servers: string[], more: Partial<z.input<typeof NewExecution>> = {}, as = operator) =>
  await as.call("startExecution", { body: { operation, target_servers, ...more } });

const say = async (as: Client, execution_id: string, decision: "approve" | "refuse" = "approve") =>
  await as.call("decideApproval", { params: { execution_id }, body: { decision, reason: "looked at it" } });

const show = async (execution_id: string) => await admin.call("getExecution", { params: { execution_id }, query: {} });

const refusal = async (call: Promise<unknown>) =>
  await call.then(
    () => undefined,
    (error: unknown) => (error instanceof ClientError ? error.problem : error),
  );

describe("an execution that a rule asks approval for", () => {
  test("begins nowhere until somebody else has approved it, and then runs exactly what was approved", async () => {
    const server = await connectedServer();
    const { server_id } = server;
    const { action_id } = await admin.call("createAction", { body: { name: "restart", operation } });
    await rule({ action_template_ids: [action_id] });
    const body = { action_template_id: action_id, target_servers: [server_id] };
    const { execution_id, approval } = await operator.call("startExecution", { body });
    expect(approval).toBe("pending");
    const changed = { name: "restart", operation: { ...operation, argv: ["false"] satisfies [string] } };
    await admin.call("updateAction", { params: { action_id }, body: changed });
    // Work that needs nobody's approval overtakes it, which shows that the dispatcher has passed it over.
    const other = await start([server_id]);
    expect(await server.link.job()).toMatchObject({ execution_id: other.execution_id });
    expect(await say(approver, execution_id)).toMatchObject({
      status: "approved",
      rules: ["four eyes"],
      votes: [{ by: "test approver", decision: "approve", reason: "looked at it" }],
    });
    expect(await server.link.job()).toMatchObject({ execution_id, operation: { argv: ["true"] } });
  });

  test("is never decided by whoever started it, nor by a token, nor by somebody without the role", async () => {
    await rule();
    const own = await start([await serverOf()], {}, approver);
    expect(await refusal(say(approver, own.execution_id))).toMatchObject({
      code: "not_permitted",
      detail: "nobody decides about what they started themselves",
    });
    expect(await refusal(say(operator, own.execution_id))).toMatchObject({ code: "not_permitted" });
    const { token } = await admin.call("createApiToken", {
      body: { name: "robot", role: "admin", expires_in_days: 1 },
    });
    const robot = createClient({ url, token });
    expect(await refusal(say(robot, own.execution_id))).toMatchObject({ code: "not_permitted" });
    // What the admin's token starts is the admin's.
    const byToken = await start([await serverOf()], {}, robot);
    expect(await refusal(say(admin, byToken.execution_id))).toMatchObject({ code: "not_permitted" });
    expect(await say(approver, byToken.execution_id)).toMatchObject({ status: "approved" });
  });

  test("waits for as many people as the strictest rule asks for", async () => {
    await rule({ approvals: 2 });
    await rule({ name: "one is enough", expires_after_seconds: 600 });
    const { execution_id } = await start([await serverOf()]);
    const once = await say(approver, execution_id);
    expect(once).toMatchObject({ status: "pending", needed: 2, rules: ["four eyes", "one is enough"] });
    expect(await refusal(say(approver, execution_id))).toMatchObject({ code: "conflict" });
    expect(Date.parse(once.expires_at) - Date.parse(once.requested_at)).toBeLessThanOrEqual(600_000);
    expect(await say(admin, execution_id)).toMatchObject({ status: "approved" });
  });

  test("ends when one refuses it, with the reason", async () => {
    await rule();
    const { execution_id } = await start([await serverOf(), await serverOf()]);
    expect(await say(approver, execution_id, "refuse")).toMatchObject({ status: "refused" });
    const ended = await show(execution_id);
    expect(ended).toMatchObject({ approval: "refused", status: { overall: "cancelled" } });
    expect(ended.results.details[0]?.error).toBe("refused by test approver: looked at it");
    expect(await refusal(say(admin, execution_id))).toMatchObject({ code: "conflict" });
  });

  test("ends when nobody decides in time, and can be withdrawn", async () => {
    await rule();
    const [late, withdrawn] = [await start([await serverOf()]), await start([await serverOf()])];
    await operator.call("cancelExecution", { params: { execution_id: withdrawn.execution_id } });
    expect((await show(withdrawn.execution_id)).approval).toBe("withdrawn");
    await installation.query(`update approvals set expires_at = now() where execution_id = '${late.execution_id}'`);
    await eventually(async () => (await show(late.execution_id)).approval === "expired", "it is too late");
    expect((await show(late.execution_id)).results.details[0]?.error).toBe("nobody approved it in time");
    const events = await admin.call("listAudit", { query: { resource_id: late.execution_id } });
    expect(events.items.map(({ event_type }) => event_type)).toContain("execution.approval_expired");
    const pending = await approver.call("listApprovals", { query: { status: "pending" } });
    expect(pending.items.map(({ execution_id }) => execution_id)).not.toContain(late.execution_id);
  });

  test("keeps to its batches once it is approved", async () => {
    await rule();
    const [first, second] = [await connectedServer(), await connectedServer()];
    const { execution_id } = await start([first.server_id, second.server_id], { rollout: { batch_size: 1 } });
    await say(approver, execution_id);
    expect((await first.link.job()).execution_id).toBe(execution_id);
    expect((await show(execution_id)).status.per_server[second.server_id]?.status).toBe("queued");
  });

  test("does not begin because one of its servers was deleted", async () => {
    await rule();
    const server = await connectedServer();
    const { server_id } = server;
    const gone = await serverOf();
    const { execution_id } = await start([gone, server_id], { rollout: { parallelism: 1 } });
    await admin.call("deleteServer", { params: { server_id: gone } });
    await installation.query("delete from approval_rules");
    const other = await start([server_id]);
    expect((await server.link.job()).execution_id).toBe(other.execution_id);
    expect((await show(execution_id)).status.per_server[server_id]?.status).toBe("queued");
  });

  test("waits also when a schedule starts it, and is its owner's", async () => {
    await rule();
    const timing = { type: "once", at: new Date(Date.now() + 200).toISOString() } as const;
    const execution = { operation, target_servers: [await serverOf()] };
    const body = { name: "at night", timing, execution };
    const { schedule_id } = await approver.call("createSchedule", { body });
    const fires = async () => (await admin.call("listScheduleFires", { params: { schedule_id }, query: {} })).items;
    await eventually(async () => (await fires()).length === 1, "it has fired");
    const execution_id = (await fires())[0]?.execution_id ?? "";
    expect((await show(execution_id)).approval).toBe("pending");
    expect(await refusal(say(approver, execution_id))).toMatchObject({ code: "not_permitted" });
  });
});

test("a rule asks only for what fits all that it says, and never for a dry run", async () => {
  await rule({ environments: ["prod"], min_targets: 2, action_types: ["execution"] });
  const [prod, dev, more] = [await serverOf("prod"), await serverOf("dev"), await serverOf("dev")];
  expect((await start([prod, dev])).approval).toBe("pending");
  expect((await start([dev, more])).approval).toBeNull();
  expect((await start([prod])).approval).toBeNull();
  expect((await start([prod, dev], { dry_run: true })).approval).toBeNull();
  const other = await installation.client(url, "admin", "other");
  expect((await other.call("listApprovalRules", { query: {} })).items).toEqual([]);
});

test("a rule is changed in the version that was seen, and every change is in the audit log", async () => {
  const { rule_id, version } = await rule();
  const params = { rule_id };
  const body = { name: "six eyes", approvals: 2 };
  expect(await admin.call("updateApprovalRule", { params, body, version })).toMatchObject({ version: 2, approvals: 2 });
  expect(await refusal(admin.call("updateApprovalRule", { params, body, version }))).toMatchObject({
    code: "precondition_failed",
  });
  expect(await refusal(rule({ name: "six eyes" }))).toMatchObject({ code: "conflict" });
  await admin.call("deleteApprovalRule", { params });
  const events = await admin.call("listAudit", { query: { resource_id: rule_id } });
  expect(events.items.map(({ event_type }) => event_type)).toEqual([
    "approval_rule.deleted",
    "approval_rule.updated",
    "approval_rule.created",
  ]);
});
