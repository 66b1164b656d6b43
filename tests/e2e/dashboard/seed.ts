import { type Client, isFinal } from "@homeslice/protocol";
import { eventually } from "../../support/eventually.ts";

/** The output has colours, both streams, a character of four bytes, and what would be markup. */
const SCRIPT = String.raw`printf '\033[1;32mgreen\033[0m and plain\n'; echo 'to standard error' >&2; echo '<b>🍕</b>'`;
const operation = { type: "shell_command" as const, argv: ["sh", "-c", SCRIPT] satisfies [string, ...string[]] };

/** Makes something of everything that the dashboard shows. @returns what addresses of pages name by `$`, of what is there */
export async function seed(client: Client, serverId: string): Promise<Readonly<Record<string, string>>> {
  const secretActionId = await seedSecretAction(client);
  const { action_id } = await client.call("createAction", {
    body: {
      name: "greet",
      description: "Greets somebody",
      operation: { type: "shell_command", argv: ["echo", "hello", "{{who}}"] },
      parameters: { who: { type: "string", required: true, description: "Whom to greet" } },
    },
  });
  const target_servers = [serverId];
  const { execution_id } = await client.call("startExecution", { body: { operation, target_servers } });
  const body = { action_template_id: action_id, parameters: { who: "the kitchen" }, target_servers };
  await client.call("startExecution", { body });
  await seedAccess(client);
  await seedProtection(client, serverId);
  const ids = { serverId, actionId: action_id, secretActionId, executionId: execution_id };
  const others = { ...(await seedAutomation(client, action_id, serverId)), ...(await seedNotifications(client)) };
  await eventually(async () => {
    const { status } = await client.call("getExecution", { params: { execution_id } });
    return isFinal(status.overall);
  }, "the execution has ended");
  return { ...ids, ...others };
}

/** An action whose parameter is the name of a secret. */
async function seedSecretAction(client: Client): Promise<string> {
  const secrets = [{ name: "{{login}}", from: "orchestrator" as const, variable: "PASSWORD" }];
  const { action_id } = await client.call("createAction", {
    body: {
      name: "dump",
      operation: { type: "shell_command", argv: ["/bin/echo", "dump"], secrets },
      parameters: { login: { type: "secret" } },
    },
  });
  return action_id;
}

async function seedAccess(client: Client): Promise<void> {
  await client.call("createAccount", { body: { username: "grace", password: "a password of grace" } });
  await client.call("createApiToken", { body: { name: "continuous integration" } });
  await client.call("createSecret", { body: { name: "db-password", source: { type: "value", value: "s3cret" } } });
}

/** A server without an agent, a lock on it, and work for it that waits for somebody's approval, twice. */
async function seedProtection(client: Client, serverId: string): Promise<void> {
  const cellar = { hostname: "cellar", environment: "prod" as const, server_group: "below", tags: ["cold"] };
  const { server } = await client.call("registerServer", { body: cellar });
  const lock = { lock_type: "maintenance", reason: "new disk", ttl_seconds: 900 } as const;
  await client.call("acquireLock", { body: { server_id: server.server_id, ...lock } });
  const rule = { name: "production is approved", environments: ["prod" as const] };
  await client.call("createApprovalRule", { body: rule });
  const target_servers = [server.server_id, serverId];
  for (let count = 0; count < 2; count++) await client.call("startExecution", { body: { operation, target_servers } });
}

async function seedAutomation(client: Client, action_template_id: string, serverId: string) {
  const execution = { action_template_id, parameters: { who: "everybody" }, target_servers: [serverId] };
  const timing = { type: "cron", expression: "30 5 * * *", time_zone: "Europe/Berlin" } as const;
  const schedule = await client.call("createSchedule", { body: { name: "every morning", timing, execution } });
  const steps = [
    { name: "greet", execution },
    { name: "ask", needs: ["greet"], gate: { message: "Shall it go on?" } },
  ];
  const { workflow_id } = await client.call("createWorkflow", { body: { name: "greet and ask", steps } });
  const { run_id } = await client.call("startWorkflow", { params: { workflow_id }, body: {} });
  const hook = { name: "alerts", source: "webhook" as const, secret: `whsec_${"A".repeat(32)}`, action_template_id };
  const { hook_id } = await client.call("createHook", { body: hook });
  return { scheduleId: schedule.schedule_id, workflowId: workflow_id, runId: run_id, hookId: hook_id };
}

async function seedNotifications(client: Client) {
  const target = { type: "email" as const, to: ["ops@example.com"] };
  const { channel_id } = await client.call("createChannel", { body: { name: "operators", target } });
  const rule = { name: "approvals", channel_ids: [channel_id], events: ["approval.requested" as const] };
  const { rule_id } = await client.call("createNotificationRule", { body: rule });
  return { channelId: channel_id, ruleId: rule_id };
}
