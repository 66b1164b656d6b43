import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { ClientError, HookAnswer, type NewHook, Problem } from "@homeslice/protocol";
import { Webhook } from "standardwebhooks";
import { beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { debianProgram } from "../../support/debian.ts";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";

const { installation, url, client: admin } = await startInstallation();
const secret = `whsec_${randomBytes(32).toString("base64")}`;
let actionId: string;

beforeAll(async () => {
  for (const hostname of ["web-1", "web-2"]) await admin.call("registerServer", { body: { hostname } });
  const parameters = { unit: { type: "string" as const, validation: { format: "name" as const } } };
  const operation = {
    type: "shell_command" as const,
    argv: ["/bin/systemctl", "restart", "{{unit}}"] satisfies [string, ...string[]],
  };
  const body = { name: "restart", parameters, operation };
  actionId = (await admin.call("createAction", { body })).action_id;
});

async function hook(more: Partial<z.input<typeof NewHook>> = {}): Promise<string> {
  const body = {
    name: `hook ${crypto.randomUUID()}`,
    source: "alertmanager" as const,
    secret,
    action_template_id: actionId,
    parameters_from: { unit: "unit" },
    host_from: "instance",
    ...more,
  };
  return (await admin.call("createHook", { body })).hook_id;
}

const labels = (more: Record<string, string> = {}) => ({
  alertname: "Down",
  instance: "web-1:9100",
  unit: "nginx",
  ...more,
});

function alert(more: Record<string, string> = {}, fingerprint: string = crypto.randomUUID(), status = "firing") {
  return { status, fingerprint, labels: labels(more), annotations: {}, startsAt: "2026-01-01T00:00:00Z" };
}

async function post(hookId: string, body: string, headers: Record<string, string>): Promise<Response> {
  const sent = { "content-type": "application/json", ...headers };
  return await fetch(`${url}/api/v1/hooks/${hookId}/calls`, { method: "POST", body, headers: sent });
}

/** What Alertmanager sends, and what it is told. */
async function fire(
  hookId: string,
  ...alerts: ReturnType<typeof alert>[]
): Promise<z.infer<typeof HookAnswer>["results"]> {
  const message = JSON.stringify({ version: "4", status: "firing", receiver: "homeslice", alerts });
  const response = await post(hookId, message, { authorization: `Bearer ${secret}` });
  expect(response.status).toBe(200);
  return HookAnswer.parse(await response.json()).results;
}

const show = async (execution_id: string | null | undefined) =>
  await admin.call("getExecution", { params: { execution_id: execution_id ?? "" }, query: {} });

describe("an alert of Alertmanager", () => {
  test("starts the action on the server that it names, with what its labels say, and leaves a trace", async () => {
    const hookId = await hook();
    const [result] = await fire(hookId, alert());
    expect(result).toMatchObject({ outcome: "started", reason: null });
    const started = await show(result?.execution_id);
    expect(started).toMatchObject({
      initiated_by: "test admin",
      operation: { argv: ["/bin/systemctl", "restart", "nginx"] },
    });
    expect(started.target_servers).toHaveLength(1);
    const audit = await admin.call("listAudit", { query: { resource_id: started.execution_id } });
    expect(audit.items[0]?.actor).toMatchObject({ type: "system", id: expect.stringMatching(/^hook hook /) });
    const calls = await admin.call("listHookCalls", { params: { hook_id: hookId }, query: {} });
    expect(calls.items).toMatchObject([{ outcome: "started", execution_id: started.execution_id, labels: labels() }]);
  });

  test("is turned away by a hook that was turned off without its secret, and let in again after it was turned on", async () => {
    const hookId = await hook();
    const params = { hook_id: hookId };
    for (const enabled of [false, true]) {
      const {
        hook_id: _id,
        owner: _owner,
        metadata: _metadata,
        version,
        ...held
      } = await admin.call("getHook", { params });
      await admin.call("updateHook", { params, version, body: { ...held, enabled } });
      expect(await fire(hookId, alert())).toMatchObject([{ outcome: enabled ? "started" : "ignored" }]);
    }
  });

  test("proves itself by a secret that the hook names, whatever that is at the moment, and each use is audited", async () => {
    const value = `whsec_${randomBytes(32).toString("base64")}`;
    const body = { name: "of-alertmanager", source: { type: "value" as const, value } };
    const { secret_id } = await admin.call("createSecret", { body });
    const hookId = await hook({ secret: { secret_name: "of-alertmanager" } });
    const message = JSON.stringify({ alerts: [alert()] });
    const call = async (token: string) => (await post(hookId, message, { authorization: `Bearer ${token}` })).status;
    expect([await call(secret), await call(value)]).toEqual([401, 200]);
    const used = await admin.call("listAudit", { query: { resource_id: secret_id, event_type: "secret.used" } });
    expect(used.items).toMatchObject([{ details: { hook_id: hookId } }]);
    expect(await admin.call("getHook", { params: { hook_id: hookId } })).toMatchObject({
      secret: { secret_name: "of-alertmanager" },
    });
    await admin.call("updateSecret", {
      params: { secret_id },
      body: { ...body, source: { type: "value", value: secret } },
    });
    expect([await call(secret), await call(value)]).toEqual([200, 401]);
    await admin.call("deleteSecret", { params: { secret_id } });
    expect([await call(secret), await call("")]).toEqual([401, 401]);
    await expect(hook({ secret: undefined })).rejects.toThrow("the hook has no secret");
  });

  test("starts nothing when it is resolved, is not the one that is meant, or the hook is off", async () => {
    const meant = await hook({ match: { alertname: "Down" } });
    const off = await hook({ enabled: false });
    expect(await fire(meant, alert({}, "a", "resolved"), alert({ alertname: "Slow" }))).toMatchObject([
      { outcome: "ignored", reason: "the alert is resolved" },
      { outcome: "ignored", reason: "other labels are asked for" },
    ]);
    expect(await fire(off, alert())).toMatchObject([{ outcome: "ignored", reason: "the hook is off" }]);
  });

  test("starts nothing again while it cools down, even when it comes many times at once", async () => {
    const hookId = await hook();
    const answers = await Promise.all(Array.from({ length: 8 }, () => fire(hookId, alert({}, "same"))));
    expect(answers.flat().filter(({ outcome }) => outcome === "started")).toHaveLength(1);
    await installation.query("update hook_calls set at = at - interval '20 minutes'");
    expect(await fire(hookId, alert({}, "same"))).toMatchObject([{ outcome: "started" }]);
  });

  test("is refused when the hook has started enough for an hour", async () => {
    const hookId = await hook({ starts_per_hour: 2 });
    const results = await fire(hookId, alert(), alert(), alert());
    expect(results.map(({ outcome }) => outcome)).toEqual(["started", "started", "refused"]);
    await installation.query("update hook_calls set at = at - interval '61 minutes'");
    expect(await fire(hookId, alert())).toMatchObject([{ outcome: "started" }]);
  });

  test.each([
    ["a parameter that the action does not allow", { unit: "nginx; reboot" }, "body.parameters.unit: must be a name"],
    ["an option instead of a value", { unit: "--all" }, "body.parameters.unit"],
    ["all servers instead of one", { instance: "*" }, "names none"],
    ["a server that there is not", { instance: "db-1" }, "no server fits"],
  ])("whose labels hold %s is refused with the reason", async (_, more, reason) => {
    const [result] = await fire(await hook(), alert(more));
    expect(result).toMatchObject({ outcome: "refused", execution_id: null });
    expect(result?.reason).toContain(reason);
  });

  test("starts a workflow with what its labels say, under the same guard rails", async () => {
    const parameters = { unit: { type: "string" as const, validation: { format: "name" as const } } };
    const steps = [{ name: "ask", gate: { message: "?" } }];
    const body = { name: "heal", parameters, steps };
    const { workflow_id } = await admin.call("createWorkflow", { body });
    const bound = { action_template_id: undefined, workflow_id, host_from: undefined };
    const hookId = await hook({ ...bound, starts_per_hour: 1 });
    const results = await fire(hookId, alert({}, "a"), alert({}, "a"), alert({}, "b"));
    expect(results).toMatchObject([
      { outcome: "started", execution_id: null, run_id: expect.any(String) },
      { outcome: "ignored", run_id: null },
      { outcome: "refused", run_id: null },
    ]);
    const run = await admin.call("getWorkflowRun", { params: { run_id: results[0]?.run_id ?? "" } });
    expect(run).toMatchObject({ workflow_id, parameters: { unit: "nginx" }, initiated_by: "test admin" });
    const [unfit] = await fire(await hook(bound), alert({ unit: "nginx; reboot" }));
    expect(unfit).toMatchObject({ outcome: "refused", reason: expect.stringContaining("body.parameters.unit") });
    await expect(hook({ ...bound, host_from: "instance" })).rejects.toThrow("the request has 1 problem");
    await expect(hook({ workflow_id })).rejects.toThrow("the request has");
    await expect(hook({ ...bound, workflow_id: crypto.randomUUID() })).rejects.toThrow("there is no workflow");
  });

  test("waits for approval where a rule asks for it", async () => {
    const rule = await admin.call("createApprovalRule", { body: { name: "ask", action_template_ids: [actionId] } });
    const [result] = await fire(await hook(), alert());
    expect((await show(result?.execution_id)).approval).toBe("pending");
    await admin.call("deleteApprovalRule", { params: { rule_id: rule.rule_id } });
  });
});

describe("a call of another program", () => {
  const sign = (body: string, id: string, at = new Date()) => ({
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  });
  const body = JSON.stringify({ labels: labels() });

  test("starts the action once, however often the same request comes", async () => {
    const hookId = await hook({ source: "webhook", cool_down_seconds: 0 });
    const headers = sign(body, "msg_1");
    const first = HookAnswer.parse(await (await post(hookId, body, headers)).json());
    const again = HookAnswer.parse(await (await post(hookId, body, headers)).json());
    expect([first, again].map(({ results }) => results[0]?.outcome)).toEqual(["started", "ignored"]);
  });

  test("that is not signed, signed by another, altered or too old is refused", async () => {
    const hookId = await hook({ source: "webhook" });
    const old = new Date(Date.now() - 400_000);
    const other = new Webhook(`whsec_${randomBytes(32).toString("base64")}`);
    const attempts = [
      {},
      { ...sign(body, "m"), "webhook-signature": other.sign("m", new Date(), body) },
      sign(`${body} `, "m"),
      sign(body, "m", old),
      { ...sign(body, "m"), "webhook-id": "n" },
    ];
    for (const headers of attempts) expect((await post(hookId, body, headers)).status).toBe(401);
    expect((await admin.call("listHookCalls", { params: { hook_id: hookId }, query: {} })).items).toEqual([]);
  });
});

test("whoever does not know the secret learns nothing, not even whether there is such a hook", async () => {
  const known = await hook();
  const message = JSON.stringify({ alerts: [] });
  const answers = await Promise.all(
    [known, crypto.randomUUID(), "nonsense"].map(async (id) => {
      const response = await post(id, message, { authorization: "Bearer whsec_wrong" });
      return Problem.parse(await response.json());
    }),
  );
  expect(new Set(answers.map(({ code, detail }) => `${code}: ${detail}`)).size).toBe(1);
  expect(answers[0]).toMatchObject({ code: "not_authenticated" });
});

test("what is no message is refused, and shows nothing of the secret", async () => {
  const hookId = await hook();
  for (const body of ["", "[]", "{", '{"alerts":[],"alerts":[]}', '{"alerts":[{"status":"firing"}]}']) {
    const response = await post(hookId, body, { authorization: `Bearer ${secret}` });
    expect([body, response.status]).toEqual([body, 400]);
  }
  const shown = JSON.stringify(await admin.call("getHook", { params: { hook_id: hookId } }));
  expect(shown).not.toContain("whsec");
  const gone = await admin
    .call("createHook", {
      body: { name: "x", source: "webhook", secret, action_template_id: crypto.randomUUID() },
    })
    .catch((error: unknown) => (error instanceof ClientError ? error.problem.code : error));
  expect(gone).toBe("not_found");
});

const alertmanager = debianProgram("prometheus-alertmanager", "prometheus-alertmanager");

test.skipIf("missing" in alertmanager)(
  "a real Alertmanager starts an action, once however often it repeats itself",
  async () => {
    const hook_id = await hook({ name: "of a real one" });
    const directory = mkdtempSync(join(tmpdir(), "homeslice-alertmanager-"));
    const port = await freePort();
    writeFileSync(join(directory, "secret"), secret);
    const http_config = { authorization: { credentials_file: join(directory, "secret") } };
    const webhook_configs = [{ url: `${url}/api/v1/hooks/${hook_id}/calls`, http_config }];
    const route = { receiver: "homeslice", group_wait: "1ms", group_interval: "100ms", repeat_interval: "100ms" };
    const config = { route, receivers: [{ name: "homeslice", webhook_configs }] };
    writeFileSync(join(directory, "config.yml"), JSON.stringify(config));
    const files = [`--config.file=${join(directory, "config.yml")}`, `--storage.path=${join(directory, "data")}`];
    const addresses = [`--web.listen-address=127.0.0.1:${port}`, "--cluster.listen-address="];
    const program = "path" in alertmanager ? alertmanager.path : "";
    const child = spawn(program, [...files, ...addresses], { stdio: "ignore" });
    const gone = once(child, "exit");
    try {
      const body = JSON.stringify([{ labels: labels() }]);
      const send = { method: "POST", headers: { "content-type": "application/json" }, body };
      const tell = async () => (await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, send)).ok;
      await eventually(() => tell().catch(() => false), "it takes an alert");
      const calls = async () => (await admin.call("listHookCalls", { params: { hook_id }, query: {} })).items;
      await eventually(async () => (await calls()).length >= 3, "it has called again and again");
      const outcomes = (await calls()).map(({ outcome }) => outcome);
      expect(outcomes.toSorted().slice(-2)).toEqual(["ignored", "started"]);
    } finally {
      child.kill("SIGKILL");
      await gone;
      rmSync(directory, { recursive: true });
    }
  },
);
