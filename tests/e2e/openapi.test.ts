import { mkdirSync } from "node:fs";
import { UserError } from "@homeslice/config";
import { type Client, mintToken, type Role } from "@homeslice/protocol";
import { afterAll, beforeAll, test } from "vitest";
import { documentForFuzzing, type Known } from "../fuzz/document.ts";
import { ensureSchemathesis, fuzz } from "../fuzz/schemathesis.ts";
import { Installation, type OrchestratorDaemon } from "../rig/installation.ts";
import { silentProgress } from "../testbed/progress.ts";
import { cache } from "./clusterSupport.ts";

/** How long each run asks; more, and another seed, by hand: HOMESLICE_FUZZ=SECONDS:SEED. */
const [SECONDS = 20, SEED = 1] = (process.env["HOMESLICE_FUZZ"] ?? "").split(":").filter(Boolean).map(Number);

let installation: Installation;
let orchestrator: OrchestratorDaemon;
let known: Known;

beforeAll(async () => {
  installation = await Installation.open();
  orchestrator = await installation.orchestrator("orchestrator", { HOMESLICE_REQUESTS_PER_SECOND: "0" });
  await orchestrator.start();
  known = await populate(await installation.client(orchestrator.url));
});

afterAll(async () => await installation.close());

/** Some of everything that has an id. */
async function populate(client: Client): Promise<Known> {
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const known: Record<string, string[]> = {};
  const keep: Keep = (name, id) => (known[name] = [...(known[name] ?? []), id]);
  for (let index = 0; index < 3; index++) {
    const { server } = await client.call("registerServer", { body: { hostname: `fuzzed-${index}` } });
    const { server_id } = server;
    keep("server_id", server_id);
    keep("action_id", (await client.call("createAction", { body: { name: `fuzzed ${index}`, operation } })).action_id);
    const params = { server_id };
    keep("execution_id", (await client.call("startServerExecution", { params, body: { operation } })).execution_id);
    const lock = { server_id, lock_type: "maintenance" as const, reason: "fuzzed" };
    keep("lock_id", (await client.call("acquireLock", { body: lock })).lock_id);
    const account = { username: `fuzzed-${index}`, password: "a long enough password", role: "viewer" as const };
    keep("account_id", (await client.call("createAccount", { body: account })).account_id);
    const token = { name: `fuzzed ${index}`, role: "viewer" as const };
    keep("token_id", (await client.call("createApiToken", { body: token })).token_id);
    await populateAutomation(client, keep, `fuzzed ${index}`, server_id);
  }
  return known;
}

type Keep = (name: string, id: string) => unknown;

/** Of what works by itself, and of what it needs. */
async function populateAutomation(client: Client, keep: Keep, name: string, server_id: string): Promise<void> {
  const steps = [{ name: "ask", gate: { message: "?" } }];
  const { workflow_id } = await client.call("createWorkflow", { body: { name, steps } });
  keep("workflow_id", workflow_id);
  keep("run_id", (await client.call("startWorkflow", { params: { workflow_id }, body: {} })).run_id);
  const execution = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };
  const timing = { type: "cron" as const, expression: "@yearly" };
  const schedule = { name, timing, execution: { ...execution, target_servers: [server_id] } };
  keep("schedule_id", (await client.call("createSchedule", { body: schedule })).schedule_id);
  const hook = { name, source: "webhook" as const, secret: `whsec_${"A".repeat(32)}`, workflow_id };
  keep("hook_id", (await client.call("createHook", { body: hook })).hook_id);
  const target = { type: "email" as const, to: ["ops@example.com"] };
  const { channel_id } = await client.call("createChannel", { body: { name, target } });
  keep("channel_id", channel_id);
  const told = { name, channel_ids: [channel_id], events: ["approval.requested" as const] };
  keep("rule_id", (await client.call("createNotificationRule", { body: told })).rule_id);
  const rare = { name, environments: ["prod" as const], min_targets: 1_000 };
  keep("rule_id", (await client.call("createApprovalRule", { body: rare })).rule_id);
  const secret = { name: name.replace(" ", "-"), source: { type: "value" as const, value: "s3cret" } };
  keep("secret_id", (await client.call("createSecret", { body: secret })).secret_id);
  const binding = { name, role: "viewer" as const };
  keep("role_binding_id", (await client.call("createRoleBinding", { body: binding })).role_binding_id);
  const reports = { name, kind: "changes" as const, expression: "@yearly" };
  keep("report_schedule_id", (await client.call("createReportSchedule", { body: reports })).report_schedule_id);
}

test.concurrent.for(["admin", "viewer"] as const)(
  "whatever is asked as %s, the answer is one that the description names, and never a failure of the server",
  async (role: Role, { expect, skip }) => {
    const installed = ensureSchemathesis(cache, silentProgress, AbortSignal.timeout(240_000));
    const program = await installed.catch((error: unknown) => error);
    if (program instanceof UserError) return skip(program.message);
    const directory = installation.path(`fuzz-${role}`);
    mkdirSync(directory);
    const text = await (await fetch(`${orchestrator.url}/api/v1/openapi.json`)).text();
    const { clean, cases, output } = await fuzz({
      program: String(program),
      url: orchestrator.url,
      document: documentForFuzzing(text, known),
      directory,
      token: await mintToken(installation.secret, { subject: `fuzz ${role}`, role }, 3_600),
      seconds: SECONDS,
      seed: SEED,
    });
    expect(clean, `${output}\n${installation.log("orchestrator")}`).toBe(true);
    expect(cases).toBeGreaterThan(50);
  },
);
