import { isDue, type PushRecord, pushState } from "@homeslice/dashboard/notifications/pushState.ts";
import { messageOf, notificationOf, openPage, pageIn } from "@homeslice/dashboard/offline/pushMessage.ts";
import { pageOf } from "@homeslice/orchestrator/notifications/page.ts";
import { NotificationEvent } from "@homeslice/protocol/notifications.ts";
import { QueryClient } from "@tanstack/react-query";
import { afterEach, describe, expect, test, vi } from "vitest";

// Modules of the dashboard ask for the address that they were served from.
vi.stubGlobal("location", new URL("http://localhost"));
const { createAppRouter } = await import("@homeslice/dashboard/app/router.ts");

const origin = "https://homeslice.example.org";

describe("what comes by Web Push", () => {
  test("is shown with its texts, by the id of its delivery, and names its page", () => {
    const message = { id: "one", title: "backup failed", text: "on 2 of 3 servers", page: "/executions/7" };
    expect(notificationOf(messageOf(JSON.stringify(message)), origin)).toEqual({
      title: "backup failed",
      options: { tag: "one", body: "on 2 of 3 servers", data: `${origin}/executions/7` },
    });
  });

  test("is shown also when it is nothing that the orchestrator sends", () => {
    const shown = { title: "Homeslice", options: { data: `${origin}/` } };
    for (const text of ["", "no JSON", "null", '"a text"', "[1]", '{"title":1,"text":{},"id":null}'])
      expect(notificationOf(messageOf(text), origin), text).toEqual(shown);
  });

  test("names pages of this origin alone", () => {
    expect(pageIn("/reports?tab=made", origin)).toBe(`${origin}/reports?tab=made`);
    for (const page of ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http://[", 7, undefined])
      expect(pageIn(page, origin), String(page)).toBe(`${origin}/`);
  });
});

test("each event names a page that there is", () => {
  const paths = Object.keys(createAppRouter(new QueryClient()).routesByPath);
  const patterns = paths.map((path) => new RegExp(`^${path.replaceAll(/\$\w+/g, "1")}$`));
  for (const event of [...NotificationEvent.options, "test" as const]) {
    const page = pageOf({ event, fields: { execution_id: "1", run_id: "1" } });
    expect(
      patterns.some((pattern) => pattern.test(page)),
      `${event}: ${page}`,
    ).toBe(true);
  }
});

describe("a click on it", () => {
  async function clickWith(open: readonly string[]): Promise<string[]> {
    const done: string[] = [];
    const matchAll = async () => open.map((url) => ({ url, focus: async () => done.push(`focus ${url}`) }));
    const openWindow = async (url: string) => done.push(`open ${url}`);
    await openPage({ matchAll, openWindow }, `${origin}/executions/7`);
    return done;
  }

  test("goes to the window that shows the page, however it is filtered, and to no other", async () => {
    const url = `${origin}/executions/7?tab=servers`;
    expect(await clickWith([`${origin}/executions/70`, url])).toEqual([`focus ${url}`]);
  });

  test("opens one where none does", async () => {
    expect(await clickWith([`${origin}/executions/70`])).toEqual([`open ${origin}/executions/7`]);
  });
});

describe("whoever logs out", () => {
  const record = { subscription_id: crypto.randomUUID(), expires_at: "x", public_key: "k", tenant: "t", subject: "s" };

  /** Logs out in a browser that has a subscription. @returns what was done, in its order */
  async function logOutWith(kept: object | undefined, answer: (path: string) => Response): Promise<string[]> {
    const done: string[] = [];
    const stored = new Map(kept && [["homeslice.push", JSON.stringify(kept)]]);
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => stored.get(key) ?? null,
      removeItem: (key: string) => done.push(`forget ${key}`),
    });
    vi.stubGlobal("PushManager", class {});
    vi.stubGlobal("Notification", class {});
    const subscription = { unsubscribe: async () => done.push("unsubscribe") };
    const registration = { pushManager: { getSubscription: async () => subscription } };
    vi.stubGlobal("navigator", { serviceWorker: { getRegistration: async () => registration } });
    vi.stubGlobal("fetch", async (address: string | URL, { method = "" }: RequestInit = {}) => {
      const path = new URL(address, origin).pathname;
      done.push(`${method} ${path}`);
      return answer(path);
    });
    const { leave } = await import("@homeslice/dashboard/session/leave.ts");
    expect(await leave()).toBe("/bye");
    return done;
  }
  afterEach(() => vi.unstubAllGlobals());

  const bye = () => Response.json({ redirect: "/bye" });
  const asked = `DELETE /api/v1/push/subscriptions/${record.subscription_id}`;

  test("is no longer told in this browser, while the session still stands", async () => {
    const gone = (path: string) => (path === "/auth/logout" ? bye() : new Response(null, { status: 204 }));
    const done = await logOutWith(record, gone);
    expect(done.slice(0, 2).toSorted()).toEqual([asked, "unsubscribe"].toSorted());
    expect(done.slice(2)).toEqual(["forget homeslice.push", "POST /auth/logout"]);
  });

  test("is logged out, and told no more here, also when the orchestrator refuses it", async () => {
    const refuses = (path: string) => (path === "/auth/logout" ? bye() : new Response("broken", { status: 500 }));
    const done = await logOutWith(record, refuses);
    expect(done).toContain("unsubscribe");
    expect(done.slice(-2)).toEqual(["forget homeslice.push", "POST /auth/logout"]);
  });

  test("is just logged out where nobody was told", async () => {
    expect(await logOutWith(undefined, bye)).toEqual(["POST /auth/logout"]);
  });
});

describe("this browser", () => {
  const caller = { tenant: "default", subject: "ada" };
  const record: PushRecord = { ...caller, subscription_id: "1", public_key: "key", expires_at: "2026-12-21T00:00:00Z" };
  const told = { permission: "granted", subscribed: true, record, publicKey: "key", caller } as const;

  test("is on when the browser may, has a subscription, and it is one's own and of this orchestrator", () => {
    expect(pushState(told)).toEqual({ name: "on", record });
    for (const other of [
      { permission: "default" as const },
      { subscribed: false },
      { record: undefined },
      { publicKey: "another" },
      { caller: { ...caller, subject: "bob" } },
      { caller: { ...caller, tenant: "another" } },
    ])
      expect(pushState({ ...told, ...other }), JSON.stringify(other)).toEqual({ name: "off" });
  });

  test("is blocked or not supported where turning it on would do nothing", () => {
    expect(pushState({ ...told, permission: "denied" })).toEqual({ name: "blocked" });
    expect(pushState({ ...told, permission: undefined })).toEqual({ name: "unsupported" });
  });

  test("is renewed once a day, and also when it has ended meanwhile", () => {
    expect(isDue(record, new Date("2026-11-21T12:00:00Z"))).toBe(false);
    expect(isDue(record, new Date("2026-11-22T12:00:00Z"))).toBe(true);
    expect(isDue(record, new Date("2027-01-01T00:00:00Z"))).toBe(true);
  });
});
