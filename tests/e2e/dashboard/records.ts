import { AuditEvent } from "@homeslice/protocol";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { download } from "./download.ts";
import { type Stage, settled } from "./stage.ts";

/** What has happened: the history, the audit log, and the reports. */
export function describeRecords(stage: () => Stage): void {
  describe("the records", () => {
    test("U10: filters of the history are in its address, what it cannot mean is left out, and what is not there is said not to be", async () => {
      await stage().visit("/history?status=lost&type=nonsense&sort=__proto__", async (page) => {
        await page.getByText("Nothing has run that fits these filters").waitFor();
        await page.getByLabel("Status").selectOption("Succeeded");
        await page.waitForURL(/status=succeeded/);
        await page
          .getByRole("row", { name: /Succeeded/ })
          .first()
          .waitFor();
        await page.getByLabel("From").fill("2001-01-01");
        await page.waitForURL(/from=2001-01-01/);
        await page
          .getByRole("row", { name: /Succeeded/ })
          .first()
          .waitFor();
        await page.goto(`/executions/${crypto.randomUUID()}?tab=__proto__&line=%00&server=-1`);
        await page.getByRole("heading", { name: "There is nothing at this address" }).waitFor();
        expect(await violations(page)).toEqual([]);
      });
    });

    test("the history goes on page by page, and shows nothing twice", async () => {
      const prepare = async (page: Page) =>
        await page.route("**/api/v1/executions/history?*", (route) => {
          const url = new URL(route.request().url());
          url.searchParams.set("limit", "2");
          return route.continue({ url: url.href });
        });
      const act = async (page: Page) => {
        const rows = page.getByRole("rowheader").getByRole("link");
        await rows.nth(1).waitFor();
        expect(await rows.count()).toBe(2);
        await page.getByRole("button", { name: "Show more" }).click();
        await rows.nth(2).waitFor();
        const shown = await rows.evaluateAll((links) => links.map((link) => link.getAttribute("href")));
        expect(new Set(shown).size).toBe(shown.length);
      };
      await stage().visit("/history", act, { prepare });
    });

    test("an empty history leads to where one runs something", async () => {
      const prepare = async (page: Page) =>
        await page.route("**/api/v1/executions/history?*", (route) =>
          route.fulfill({ json: { items: [], next_cursor: null } }),
        );
      const act = async (page: Page) => {
        await page.getByRole("main").getByRole("link", { name: "Run", exact: true }).click();
        await page.getByRole("heading", { level: 1, name: "Run" }).waitFor();
      };
      await stage().visit("/history", act, { prepare });
    });

    test("secrets are sealed anew after asking, which the audit log tells", async () => {
      await stage().visit("/secrets", async (page) => {
        await page.getByRole("button", { name: "Seal anew" }).click();
        const dialog = page.getByRole("dialog", { name: "Seal anew" });
        expect(await violations(page)).toEqual([]);
        await dialog.getByRole("button", { name: "Seal anew" }).click();
        await page.getByText("0 values were sealed anew").waitFor();
        await dialog.waitFor({ state: "detached" });
      });
      const { items } = await stage().client.call("listAudit", { query: { event_type: "secret.resealed" } });
      expect(items).toMatchObject([{ actor: { id: "ada" }, result: { success: true } }]);
    });

    test("the history of one server tells its name, and asks for no other server", async () => {
      const { serverId = "" } = stage().seed;
      const asked: string[] = [];
      const prepare = async (page: Page) => page.on("request", (request) => asked.push(request.url()));
      const act = async (page: Page) => await page.getByRole("button", { name: "Only on kitchen" }).waitFor();
      await stage().visit(`/history?server=${serverId}`, act, { prepare });
      const servers = asked.map((url) => new URL(url)).filter(({ pathname }) => pathname === "/api/v1/servers");
      expect(servers.map(({ searchParams }) => searchParams.get("server_ids"))).toEqual([serverId]);
    });

    test("the audit log is filtered, shown in full, found intact, and exported as it is filtered", async () => {
      await stage().visit("/audit", async (page) => {
        await settled(page);
        await page.getByRole("button", { name: "Check that nothing was altered" }).click();
        await page.getByText(/Intact: \d+ entries/).waitFor();
        await page.getByLabel("What", { exact: true }).selectOption("action.created");
        await page.waitForURL(/type=action.created/);
        const greeting = page.getByRole("row", { name: /action · greet/ });
        await greeting.getByRole("button", { name: "action.created" }).click();
        await page.getByRole("dialog").getByText("greet").waitFor();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press("Escape");
        const { name, content } = await download(page, () => page.getByRole("link", { name: "Export as CSV" }).click());
        expect(name).toBe("audit.csv");
        const [head, ...lines] = content.toString().trim().split("\r\n");
        expect(head).toContain("event_type");
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.every((line) => line.includes("action.created"))).toBe(true);
        const json = await download(page, () => page.getByRole("link", { name: "Export as JSON" }).click());
        expect(json.name).toBe("audit.jsonl");
        const entries = json.content
          .toString()
          .trim()
          .split("\n")
          .map((line) => AuditEvent.parse(JSON.parse(line)));
        expect(entries).toHaveLength(lines.length);
        expect(new Set(entries.map(({ event_type }) => event_type))).toEqual(new Set(["action.created"]));
      });
    });

    test("the platform is shown as Prometheus measures it, with what will be left of its room", async ({ skip }) => {
      if (!stage().prometheus) skip("Prometheus is not installed");
      await stage().visit("/platform", async (page) => {
        await settled(page);
        const table = (name: string) => page.getByRole("region", { name: `Table: ${name}` });
        await table("Services").getByText("1 of 2").waitFor();
        await table("Public addresses and certificates").getByText("as it should").waitFor();
        await table("Backups")
          .getByRole("row", { name: /^backup-orchestrator/ })
          .getByText("failed", { exact: true })
          .waitFor();
        const drills = table("Restore drills");
        await drills.getByRole("row", { name: /^backup-authentik-drill proved .* 1 min 40 s/ }).waitFor();
        await drills.getByRole("row", { name: /^backup-orchestrator-drill failed/ }).waitFor();
        await drills.getByRole("row", { name: /^backup-wiki-drill never done never/ }).waitFor();
        const root = table("Room, and forecast").getByRole("row", { name: /^n1 \/ / });
        expect(await root.getByText("0 byte (0%)").count()).toBe(1);
        await page.getByText("InstanceDown").waitFor();
      });
    });

    test("drift of stacks is shown by resource as it was reported, and how to look where nobody has", async () => {
      await stage().visit("/platform", async (page) => {
        const panel = page.getByRole("region", { name: "Drift", exact: true });
        await panel.getByText("./homeslice drift --stack NAME --report").waitFor();
        const resources = [
          { resource: "Deployment grafana", change: "differs" as const, properties: ["spec.replicas"] },
          { resource: "Service loki", change: "gone" as const },
        ];
        const { client } = stage();
        await client.call("reportDrift", { body: { stack: "prod", resources, checked: 240, seconds: 12 } });
        await client.call("reportDrift", { body: { stack: "dev", resources: [], checked: 200, seconds: 9 } });
        await page.reload();
        const prod = panel.getByRole("row", { name: /^prod 2 of 240 differ/ });
        await prod.getByText("Deployment grafana: spec.replicas").waitFor();
        await prod.getByText("Service loki is gone").waitFor();
        await panel.getByRole("row", { name: /^dev in step \(200\)/ }).waitFor();
        await page.clock.install({ time: Date.now() + 3 * 86_400_000 });
        await page.reload();
        await panel.getByText("over a day ago").first().waitFor();
        expect(await violations(page)).toEqual([]);
      });
    });

    test("how much may run is limited on the page of the platform, and no more", async () => {
      await stage().visit("/platform", async (page) => {
        for (const [limit, shown] of [
          ["500", "500"],
          ["", "no limit"],
        ] as const) {
          await page.getByRole("button", { name: "Limit the work", exact: true }).click();
          const form = page.getByRole("dialog", { name: "Limit the work" });
          await form.getByLabel(/^At once/).fill("many");
          await form.getByRole("button", { name: "Save" }).click();
          await form
            .getByLabel(/^At once/)
            .and(page.locator("[aria-invalid=true]"))
            .fill(limit);
          expect(await violations(page)).toEqual([]);
          await form.getByRole("button", { name: "Save" }).click();
          await form.waitFor({ state: "detached" });
          await page
            .getByRole("region", { name: "Work of a day" })
            .getByText(new RegExp(`^\\d+ \\(${shown}\\)$`))
            .first()
            .waitFor();
          const { tenant } = await stage().client.call("getLimits");
          expect(tenant.max_running).toBe(limit === "" ? null : 500);
        }
      });
    });

    test("a server is shown as it was over a longer time, where that was measured", async () => {
      await stage().visit(stage().addressOf("/servers/$serverId?tab=metrics"), async (page) => {
        await page.getByRole("radio", { name: "A day" }).check();
        await page.getByText("Nothing is known of that time").waitFor();
        const at = "2026-11-21T00:00:00.000Z";
        const points = [
          [at, 10],
          [at, 42],
        ];
        const disk_usage_percent = points;
        const json = { prometheus: "ok", step_seconds: 2_520, load: [], cpu_usage_percent: points };
        await page.route("**/metrics?hours=168", (route) =>
          route.fulfill({ json: { ...json, memory_usage_percent: [], disk_usage_percent } }),
        );
        await page.getByRole("radio", { name: "A week" }).check();
        await page.getByRole("img", { name: "Processor: 42 %" }).waitFor();
        expect(await page.getByRole("img", { name: /^Memory/ }).count()).toBe(0);
        expect(await violations(page)).toEqual([]);
      });
    });

    test("a report of chosen days is downloaded in each format", async () => {
      await stage().visit("/reports", async (page) => {
        await settled(page);
        await page.getByLabel("From").fill("2001-01-01");
        const get = (format: string) =>
          download(page, () => page.getByRole("link", { name: format, exact: true }).first().click());
        const json = await get("JSON");
        expect(JSON.parse(json.content.toString())).toMatchObject({ report: { kind: "executions" } });
        expect((await get("PDF")).content.subarray(0, 5).toString()).toBe("%PDF-");
        expect((await get("CSV")).name).toMatch(/\.csv$/);
      });
    });
  });
}
