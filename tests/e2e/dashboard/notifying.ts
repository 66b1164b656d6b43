import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { violations } from "./axe.ts";
import type { Stage } from "./stage.ts";

/** Where a push service is on the internet: the browser is subscribed from `subscribe` to `unsubscribe`, also when it reloads. */
function standInForPushService(): void {
  const endpoint = "https://push.example.org/ada";
  const p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
  const subscription: PushSubscription = {
    endpoint,
    expirationTime: null,
    options: { userVisibleOnly: true, applicationServerKey: null },
    getKey: () => null,
    toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth: "BTBZMqHH6r4Tts7J_aSIgg" } }),
    unsubscribe: async () => {
      sessionStorage.removeItem("key");
      return true;
    },
  };
  PushManager.prototype.getSubscription = async () => (sessionStorage.getItem("key") === null ? null : subscription);
  PushManager.prototype.subscribe = async (options) => {
    sessionStorage.setItem("key", String(options?.applicationServerKey));
    return subscription;
  };
}

/** Has the browser do what it does when its push service sends it something for the page's service worker. */
async function deliver(page: Page, message: object): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on(
      "ServiceWorker.workerRegistrationUpdated",
      ({ registrations: [one] }) => one && resolve(one.registrationId),
    );
  });
  await session.send("ServiceWorker.enable");
  const { origin } = new URL(page.url());
  const data = JSON.stringify(message);
  await session.send("ServiceWorker.deliverPushMessage", { origin, registrationId: await registered, data });
  await session.detach();
}

async function shownIn(page: Page) {
  return await page.evaluate(async () => {
    const notifications = await (await navigator.serviceWorker.ready).getNotifications();
    return notifications.map(({ title, body, tag, data }) => ({ title, body, tag, data: String(data) }));
  });
}

/** Being told in the browser. */
export function describeNotifying(stage: () => Stage): void {
  const recorded = async (event_type: "push_subscription.created" | "push_subscription.deleted") => {
    const { items } = await stage().client.call("listAudit", { query: { event_type } });
    return items.map(({ actor }) => actor.id);
  };

  describe("notifications in this browser", () => {
    test("one turns them on, sees what comes, goes on being told, and turns them off", async () => {
      const act = async (page: Page) => {
        await page.getByRole("button", { name: "Turn on" }).click();
        await page.getByRole("button", { name: "Turn off" }).waitFor();
        expect(await violations(page)).toEqual([]);
        const { public_key } = await stage().client.call("getPushKey");
        expect(await page.evaluate(() => sessionStorage.getItem("key"))).toBe(public_key);
        expect(await recorded("push_subscription.created")).toEqual(["ada"]);

        const message = { id: "one", title: "backup failed", text: "on 2 of 3 servers", page: "/executions/7" };
        await deliver(page, message);
        await eventually(async () => (await shownIn(page)).length > 0, "the notification is shown");
        await deliver(page, { ...message, text: "on 3 of 3 servers" });
        await eventually(async () => (await shownIn(page))[0]?.body === "on 3 of 3 servers", "the newer one is shown");
        const { id: tag, title } = message;
        const data = `${stage().url}/executions/7`;
        expect(await shownIn(page)).toEqual([{ title, body: "on 3 of 3 servers", tag, data }]);

        await page.evaluate(() => {
          const record: object = JSON.parse(localStorage.getItem("homeslice.push") ?? "");
          localStorage.setItem("homeslice.push", JSON.stringify({ ...record, expires_at: new Date().toISOString() }));
        });
        await page.goto("/servers");
        await eventually(async () => (await recorded("push_subscription.created")).length === 2, "it is renewed");

        await page.goto("/notifications?tab=browser");
        await page.getByRole("button", { name: "Turn off" }).click();
        await page.getByRole("button", { name: "Turn on" }).waitFor();
        expect(await page.evaluate(() => sessionStorage.getItem("key"))).toBeNull();
        expect(await recorded("push_subscription.deleted")).toEqual(["ada"]);
      };
      await stage().visit("/notifications?tab=browser", act, {
        serviceWorkers: "allow",
        permissions: ["notifications"],
        prepare: (page) => page.addInitScript(standInForPushService),
      });
    });
  });

  describe("notifications of people", () => {
    test("a rule is made, changed, tells of what happens, has it tried again where it was given up, and is deleted", async () => {
      const rules = async () =>
        (await stage().client.call("listNotificationRules", { query: { search: "endings" } })).items;
      await stage().visit("/notifications?tab=rules", async (page) => {
        await page.getByRole("button", { name: "New rule" }).click();
        const form = page.getByRole("dialog");
        await form.getByLabel("Name", { exact: true }).fill("endings");
        await form.getByRole("checkbox", { name: EVENT }).check();
        await form.getByRole("button", { name: "Create" }).click();
        await form.getByText(/Some fields need another value/).waitFor();
        await form.getByRole("checkbox", { name: "operators" }).check();
        await form.getByRole("button", { name: "Create" }).click();
        await page.getByRole("row", { name: `endings ${EVENT} Info operators` }).waitFor();
        await page.getByRole("button", { name: "Edit endings" }).click();
        await form.getByLabel(/^Title/).fill("{{nobody}}");
        await form.getByRole("button", { name: "Save" }).click();
        await form
          .getByLabel(/^Title/)
          .and(page.locator("[aria-invalid=true]"))
          .fill("over: {{state}}");
        expect(await violations(page)).toEqual([]);
        await form.getByRole("button", { name: "Save" }).click();
        await form.waitFor({ state: "detached" });
        expect(await rules()).toMatchObject([{ events: [EVENT], min_severity: "info", title: "over: {{state}}" }]);
        await giveUp(stage());
        await page.getByRole("tab", { name: "Sent" }).click();
        await page.getByLabel("State").selectOption("Given up");
        await page.getByRole("row", { name: `${EVENT} operators Given up` }).waitFor();
        await page.getByRole("button", { name: `Try again: ${EVENT}` }).click();
        await page.getByText(`${EVENT} is tried again`).waitFor();
        await page.getByText("Nothing was sent").waitFor();
        const { items } = await stage().client.call("listDeliveries", { query: { event: EVENT } });
        expect(items).toMatchObject([{ status: "pending" }]);
        await page.getByRole("tab", { name: "Rules" }).click();
        await page.getByRole("button", { name: "Delete endings" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
        await page.getByRole("row", { name: /^endings/ }).waitFor({ state: "detached" });
      });
      expect(await rules()).toEqual([]);
    });

    test("what is secret of a channel is chosen by its name, or given as it is again", async () => {
      const { client } = stage();
      await stage().visit("/notifications", async (page) => {
        await page.getByRole("button", { name: "New channel" }).click();
        const form = page.getByRole("dialog");
        const value = form.getByLabel("Secret", { exact: true });
        const named = form.getByLabel(/^Secret, by the name of a secret/);
        await form.getByLabel("Name", { exact: true }).fill("signed");
        await form.getByLabel("Address", { exact: true }).fill("https://hooks.example.com/1");
        await named.selectOption("db-password");
        await value.waitFor({ state: "detached" });
        await named.selectOption("—");
        await value.waitFor();
        await named.selectOption("db-password");
        expect(await violations(page)).toEqual([]);
        await form.getByRole("button", { name: "Create" }).click();
        await page.getByRole("row", { name: /^signed Webhook/ }).waitFor();
        await page.goto("/secrets");
        await page.getByRole("row", { name: /^db-password .*channel signed/ }).waitFor();
      });
      const { items } = await client.call("listChannels", { query: { search: "signed" } });
      expect(items).toMatchObject([{ target: { type: "webhook", secret: { secret_name: "db-password" } } }]);
      for (const { channel_id, version } of items)
        await client.call("deleteChannel", { params: { channel_id }, version });
    });
  });
}

const EVENT = "execution.cancelled";

/** Has something happen of which nobody can be told, and the last attempt at it be over, as after a day. */
async function giveUp({ client, installation }: Stage): Promise<void> {
  const { server_id } = (await client.call("registerServer", { body: { hostname: "mute" } })).server;
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const params = await client.call("startExecution", { body: { operation, target_servers: [server_id] } });
  await client.call("cancelExecution", { params });
  await eventually(async () => {
    const { items } = await client.call("listDeliveries", { query: { event: EVENT } });
    return items.some(({ last_error }) => last_error !== null);
  }, "it was tried once");
  await installation.query(
    "update notification_deliveries set status = 'dead', next_attempt_at = null where event = $1",
    [EVENT],
  );
  await client.call("deleteServer", { params: { server_id } });
}
