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
}
