import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { runInNewContext } from "node:vm";
import { backoffSeconds } from "@homeslice/orchestrator/notifications/deliveries.ts";
import type { Delivery, NewChannelTarget, NewNotificationRule } from "@homeslice/protocol";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { examplesIn } from "../../support/documentation.ts";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";
import { Receiver } from "./receiver.ts";

const secret = `whsec_${randomBytes(32).toString("base64")}`;
const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

const mails: string[] = [];
const mailServer = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onData: (stream, _session, done) => {
    text(stream).then((mail) => {
      mails.push(mail);
      done();
    }, done);
  },
});
await new Promise<void>((resolve) => mailServer.listen(0, "127.0.0.1", resolve));
const mailAddress = mailServer.server.address();
if (mailAddress === null || typeof mailAddress === "string") throw new Error("the mail server listens nowhere");

const installation = await Installation.create();
installation.with = {
  notifyNetworks: ["127.0.0.0/8"],
  mail: { url: `smtp://127.0.0.1:${mailAddress.port}`, from: "homeslice@example.com" },
};
const { url } = await installation.start();
const admin = await installation.client(url);
const receiver = await Receiver.start();
let serverId: string;

beforeAll(async () => {
  serverId = (await admin.call("registerServer", { body: { hostname: "told" } })).server.server_id;
});

afterEach(async () => {
  receiver.answer = { status: 200 };
  receiver.got.length = 0;
  await installation.query("delete from notification_channels; delete from notification_rules");
});

afterAll(async () => {
  await installation.destroy();
  await new Promise<void>((resolve) => mailServer.close(resolve));
});

async function channel(target: z.input<typeof NewChannelTarget> = { type: "webhook", url: receiver.url, secret }) {
  return await admin.call("createChannel", { body: { name: `channel ${crypto.randomUUID()}`, target } });
}

async function rule(channel_id: string, more: Partial<z.input<typeof NewNotificationRule>> = {}) {
  const body = { name: `rule ${crypto.randomUUID()}`, channel_ids: [channel_id], ...more };
  return await admin.call("createNotificationRule", { body });
}

/** An execution that ends at once: nobody has connected the server. */
async function cancelled(): Promise<string> {
  const { execution_id } = await admin.call("startExecution", { body: { operation, target_servers: [serverId] } });
  await admin.call("cancelExecution", { params: { execution_id } });
  return execution_id;
}

async function deliveries(): Promise<Delivery[]> {
  return (await admin.call("listDeliveries", { query: {} })).items;
}

async function received(): Promise<(typeof receiver.got)[number]> {
  await eventually(() => receiver.got.length > 0, "it has arrived");
  const [first] = receiver.got;
  if (first === undefined) throw new Error("nothing");
  return first;
}

describe("a webhook", () => {
  test("is told of what its rule names, signed as any receiver can check in the way of the documentation", async () => {
    const { channel_id } = await channel();
    await rule(channel_id, { events: ["execution.cancelled"] });
    const execution_id = await cancelled();
    const { headers, body } = await received();
    const signature = {
      "webhook-id": String(headers["webhook-id"]),
      "webhook-timestamp": String(headers["webhook-timestamp"]),
      "webhook-signature": String(headers["webhook-signature"]),
    };
    const [example = ""] = examplesIn("notifications.md", "js");
    const script = `${example.replace(/^import .*$/m, "")}; ({ type, data })`;
    expect(runInNewContext(script, { Webhook, secret, body, headers })).toMatchObject({
      type: "execution.cancelled",
      data: { severity: "info", title: "shell_command was cancelled", execution_id, initiated_by: "test admin" },
    });
    expect(() => new Webhook(secret).verify(body.replace("cancelled", "succeeded"), signature)).toThrow();
    await eventually(async () => (await deliveries())[0]?.status === "sent", "it counts as sent");
  });

  test("says what the rule says, in which values are nothing but text", async () => {
    const { channel_id } = await channel();
    await rule(channel_id, {
      title: "{{action}}: {{ state }}",
      text: "by {{initiated_by}}, {{severity}}, {{event}}, {{at}}",
    });
    const body = { name: "clean {{secret}} up", operation };
    const { action_id } = await admin.call("createAction", { body });
    const start = { action_template_id: action_id, target_servers: [serverId] };
    const { execution_id } = await admin.call("startExecution", { body: start });
    await admin.call("cancelExecution", { params: { execution_id } });
    const { data } = JSON.parse((await received()).body);
    expect(data.title).toBe("clean {{secret}} up: cancelled");
    expect(data.text).toMatch(/^by test admin, info, execution\.cancelled, \d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test("that refuses is tried again later, given up in the end, and tried again when somebody wants it", async () => {
    receiver.answer = { status: 500 };
    const { channel_id } = await channel();
    await rule(channel_id);
    await cancelled();
    for (let attempt = 1; attempt <= backoffSeconds.length + 1; attempt++) {
      await eventually(async () => {
        const [delivery] = await deliveries();
        return delivery?.attempts === attempt && delivery.last_error !== null;
      }, `attempt ${attempt} has failed`);
      const [delivery] = await deliveries();
      if (attempt <= backoffSeconds.length) expect(delivery?.status).toBe("pending");
      await installation.query("update notification_deliveries set next_attempt_at = now() where status = 'pending'");
    }
    const [dead] = await deliveries();
    expect(dead).toMatchObject({ status: "dead", last_error: "the other side answered 500", next_attempt_at: null });
    receiver.answer = { status: 204 };
    await admin.call("retryDelivery", { params: { delivery_id: dead?.delivery_id ?? "" } });
    await eventually(async () => (await deliveries())[0]?.status === "sent", "it was taken in the end");
    const ids = new Set(receiver.got.map(({ headers }) => headers["webhook-id"]));
    expect([...ids]).toEqual([dead?.delivery_id]);
  });

  test("is told once, with several orchestrators", async () => {
    const others = [await installation.start(), await installation.start()];
    const { channel_id } = await channel();
    await rule(channel_id);
    const executions = await Promise.all(Array.from({ length: 15 }, cancelled));
    await eventually(async () => (await deliveries()).every(({ status }) => status === "sent"), "all were sent");
    await Promise.all(others.map(({ stop }) => stop()));
    const told = receiver.got.map(({ body }) => JSON.parse(body).data.execution_id);
    expect(told.sort()).toEqual(executions.sort());
  });
});

describe("a rule", () => {
  test("is silent about other events, lesser ones, and other tenants", async () => {
    const { channel_id } = await channel();
    await rule(channel_id, { events: ["execution.failed"] });
    await rule(channel_id, { min_severity: "warning" });
    await cancelled();
    const other = await installation.client(url, "admin", "other");
    const { server } = await other.call("registerServer", { body: { hostname: "theirs" } });
    const body = { operation, target_servers: [server.server_id] };
    const { execution_id } = await other.call("startExecution", { body });
    await other.call("cancelExecution", { params: { execution_id } });
    expect(await deliveries()).toEqual([]);
    expect((await other.call("listChannels", { query: {} })).items).toEqual([]);
  });

  test("tells of schedules that fail and of approvals that are asked for", async () => {
    const { channel_id } = await channel();
    await rule(channel_id, { events: ["schedule.failed", "approval.requested"] });
    await admin.call("createApprovalRule", { body: { name: "ask" } });
    await admin.call("startExecution", { body: { operation, target_servers: [serverId] } });
    const timing = { type: "once", at: new Date(Date.now() + 150).toISOString() } as const;
    const execution = { operation, targets: { groups: ["nobody"] } };
    await admin.call("createSchedule", { body: { name: "in vain", timing, execution } });
    await eventually(() => receiver.got.length === 2, "both have arrived");
    expect(receiver.got.map(({ body }) => JSON.parse(body).data.title).sort()).toEqual([
      "in vain could not start its execution: no server fits what targets asks for, and the action",
      "test admin asks for approval of shell_command on 1 servers",
    ]);
    await installation.query("delete from approval_rules");
  });

  test("whose channel or place in a text does not exist is refused", async () => {
    await expect(rule(crypto.randomUUID())).rejects.toThrow("the request has 1 problem");
    const { channel_id } = await channel();
    await expect(rule(channel_id, { text: "{{password}}" })).rejects.toThrow("the request has 1 problem");
  });
});

describe("a channel", () => {
  test("by e-mail gets one, whose subject is one line", async () => {
    const { channel_id } = await channel({ type: "email", to: ["ops@example.com"] });
    await rule(channel_id, { title: "first\r\nBcc: everybody@example.com", text: "it was {{state}}" });
    await cancelled();
    await eventually(() => mails.length > 0, "it has arrived");
    expect(mails[0]).toContain("Subject: first Bcc: everybody@example.com\r\n");
    expect(mails[0]).toContain("To: ops@example.com");
    expect(mails[0]).toContain("it was cancelled");
  });

  test("of Slack mentions nobody, one of PagerDuty gets an alert", async () => {
    const slack = await channel({ type: "slack", url: receiver.url });
    await rule(slack.channel_id, { title: "<!channel> & all", text: "x" });
    await cancelled();
    expect(JSON.parse((await received()).body)).toEqual({ text: "*&lt;!channel&gt; &amp; all*\nx" });
    await installation.query("delete from notification_rules");
    receiver.got.length = 0;
    const pagerDuty = await channel({ type: "pagerduty", routing_key: "key", url: receiver.url });
    await rule(pagerDuty.channel_id);
    const execution_id = await cancelled();
    expect(JSON.parse((await received()).body)).toMatchObject({
      routing_key: "key",
      event_action: "trigger",
      payload: { severity: "info", source: "homeslice", custom_details: { execution_id } },
    });
  });

  test("is tested at once, shows no secret, and stores none that can be read", async () => {
    const made = await channel();
    const params = { channel_id: made.channel_id };
    expect(await admin.call("testChannel", { params })).toEqual({ sent: true, error: null });
    receiver.answer = { status: 403 };
    expect(await admin.call("testChannel", { params })).toEqual({ sent: false, error: "the other side answered 403" });
    expect(JSON.stringify(await admin.call("getChannel", { params }))).not.toContain("whsec");
    const [row] = await installation.rows("select c::text, encode(sealed, 'escape') from notification_channels c", "*");
    const audit = await admin.call("listAudit", { query: { resource_id: made.channel_id } });
    expect(JSON.stringify([row, audit])).not.toContain(secret.slice(6));
  });

  test("may name its secrets, shows their names alone, and keeps them through a change that leaves them out", async () => {
    for (const [name, value] of [
      ["hook-url", receiver.url],
      ["hook-secret", secret],
    ] as const) {
      await admin.call("createSecret", { body: { name, source: { type: "value", value } } });
    }
    const target = {
      type: "webhook" as const,
      url: { secret_name: "hook-url" },
      secret: { secret_name: "hook-secret" },
    };
    const made = await channel(target);
    expect(made).toMatchObject({ shown: "the secret hook-url", target });
    await admin.call("updateChannel", {
      params: { channel_id: made.channel_id },
      body: { name: "renamed", target: { type: "webhook" } },
    });
    await rule(made.channel_id);
    await cancelled();
    const { headers, body } = await received();
    const signature = Object.fromEntries(
      ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, String(headers[name])]),
    );
    expect(new Webhook(secret).verify(body, signature)).toMatchObject({ type: "execution.cancelled" });
    const used = await admin.call("listAudit", { query: { event_type: "secret.used" } });
    expect(used.items.map(({ resource, details }) => [resource.name, details["channel_id"]]).toSorted()).toEqual([
      ["hook-secret", made.channel_id],
      ["hook-url", made.channel_id],
    ]);
    await installation.query("delete from secrets");
    const params = { channel_id: made.channel_id };
    const unavailable = { sent: false, error: 'there is no secret "hook-url"' };
    expect(await admin.call("testChannel", { params })).toEqual(unavailable);
    await expect(channel({ type: "slack" })).rejects.toThrow("lacks what is secret about it");
  });

  test("that is changed is changed in the version that was seen, and needs a name of its own", async () => {
    const made = await channel();
    const params = { channel_id: made.channel_id };
    const body = { name: "mail", target: { type: "email" as const, to: ["a@example.com", "b@example.com"] } };
    const changed = await admin.call("updateChannel", { params, body, version: made.version });
    expect(changed).toMatchObject({ version: 2, type: "email", shown: "a@example.com, b@example.com" });
    await expect(admin.call("updateChannel", { params, body, version: 1 })).rejects.toThrow("version 2");
    await expect(admin.call("createChannel", { body })).rejects.toThrow('named "mail" already');
  });
});
