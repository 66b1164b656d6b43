import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { LOGGED_OUT, logIn } from "./login.ts";
import { ADA, type Stage, settled } from "./stage.ts";

/** Says so again and again. */
const SCRIPT = "while :; do echo still there; sleep 1; done";

const palette = (page: Page) => page.getByRole("combobox", { name: "Page, server, execution or setting" });

/** What can be done wherever one is, and what happens when something goes away. */
export function describeEverywhere(stage: () => Stage): void {
  describe("everywhere", () => {
    test("the palette goes to a page and to a server by a few letters, and the focus returns from it", async () => {
      await stage().visit("/history", async (page) => {
        await settled(page);
        await page.keyboard.press("Control+k");
        await palette(page).waitFor();
        await page.keyboard.type("kitch");
        await page
          .getByRole("option", { name: /kitchen/ })
          .first()
          .waitFor();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name: "kitchen" }).waitFor();
        await page.getByRole("button", { name: "Go to" }).click();
        await page.keyboard.type("audit");
        await page.keyboard.press("Escape");
        expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Go to");
      });
    });

    test("single keys go to pages, show what they are, and can be switched off", async () => {
      await stage().visit("/servers", async (page) => {
        await settled(page);
        await page.keyboard.press("g");
        await page.keyboard.press("h");
        await page.getByRole("heading", { level: 1, name: "History" }).waitFor();
        await page.keyboard.press("?");
        await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
        expect(await violations(page)).toEqual([]);
        await page.getByLabel("Single letters are shortcuts").uncheck();
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await page.keyboard.press("Control+k");
        await palette(page).waitFor();
        expect(await page.getByRole("dialog").count()).toBe(1);
      });
    });

    test("U19, UF5: a session that ends elsewhere is asked for again over the page; what was written and followed there goes on", async () => {
      const { client, agent } = stage();
      const operation = { type: "shell_command" as const, argv: ["sh", "-c", SCRIPT] satisfies [string, ...string[]] };
      const body = { operation, target_servers: [agent.serverId] };
      const params = { execution_id: (await client.call("startExecution", { body })).execution_id };
      const act = async (page: Page) => {
        const headers = { "x-homeslice-request": "1", origin: stage().url };
        const logOutElsewhere = async () => {
          await page.request.post("/auth/logout", { data: {}, headers });
          await page.getByRole("dialog", { name: "Log in to Homeslice" }).waitFor();
        };
        await logIn(page);
        await page.getByRole("log").getByText("still there").first().waitFor();
        await logOutElsewhere();
        await logIn(page);
        await page.getByText("Connection lost.").waitFor({ state: "detached" });
        await client.call("cancelExecution", { params });
        await page.getByRole("main").getByText("1 of 1 finished").waitFor();
        await page.goto("/locks");
        await page.getByRole("button", { name: "Take a lock" }).click();
        await page.getByLabel("Reason").fill("half written");
        await page.route("**/auth/session", async (route) => {
          const answer: object = await (await route.fetch()).json();
          await route.fulfill({ json: { ...answer, login: { provider: true, password: true } } });
        });
        await logOutElsewhere();
        const provider = page.getByRole("link", { name: "Log in with your organisation" });
        expect(await provider.getAttribute("target")).toBe("_blank");
        expect(await violations(page)).toEqual([]);
        await page.request.post("/auth/login", { data: ADA, headers });
        await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
        await provider.waitFor({ state: "detached" });
        expect(await page.getByLabel("Reason").inputValue()).toBe("half written");
      };
      await stage().visit(`/executions/${params.execution_id}`, act, LOGGED_OUT);
    });

    test("without a network it opens, says how old it is, and neither shows nor keeps anything that is not so", async () => {
      const act = async (page: Page) => {
        await page.getByRole("row", { name: /kitchen/ }).waitFor();
        await page.evaluate(async () => void (await navigator.serviceWorker.ready));
        await page.context().setOffline(true);
        await page.getByText(/You are offline.*What is shown is from/).waitFor();
        expect(await violations(page)).toEqual([]);
        const kept = await page.evaluate(async () => {
          const caches = await globalThis.caches.keys();
          const requests = await Promise.all(caches.map(async (name) => (await globalThis.caches.open(name)).keys()));
          return requests.flat().map(({ url }) => new URL(url).pathname);
        });
        expect(kept).toEqual(expect.arrayContaining(["/", "/icon.svg", "/icon-192.png", "/icon-maskable.png"]));
        expect(kept.filter((path) => /^\/(api|auth|ws)\//.test(path))).toEqual([]);
        await page.goto("/history");
        await page.getByText("The orchestrator does not answer.").waitFor();
        await page.context().setOffline(false);
        await page.getByRole("button", { name: "Try again" }).click();
        await settled(page);
      };
      await stage().visit("/servers", act, { serviceWorkers: "allow", mayFail: true });
    });

    test("a browser that asks for German gets it", async () => {
      const act = async (page: Page) => {
        await page.getByRole("heading", { level: 1, name: "Verlauf" }).waitFor();
        expect(await page.locator("html").getAttribute("lang")).toBe("de");
        expect(await violations(page)).toEqual([]);
      };
      await stage().visit("/history", act, { locale: "de-DE" });
    });
  });
}
