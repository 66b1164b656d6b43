import { NewExecution } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { type Stage, settled } from "./stage.ts";

/** The table of the servers. */
export function describeServers(stage: () => Stage): void {
  describe("the servers", () => {
    test("filters are in the address, and a view that was kept shows them again", async () => {
      await stage().visit("/servers", async (page) => {
        await settled(page);
        await page.getByLabel("Environment").selectOption("prod");
        await page.getByLabel("Tag", { exact: true }).selectOption("cold");
        await page.getByRole("row", { name: /cellar/ }).waitFor();
        await page.waitForURL(/environment=prod/);
        expect(await page.getByRole("row", { name: /kitchen/ }).count()).toBe(0);
        await page.getByRole("button", { name: "Save this view" }).click();
        await page.getByLabel("Name of the view").fill("cold ones");
        await page.keyboard.press("Enter");
        await page.goto("/servers");
        await page.getByRole("row", { name: /kitchen/ }).waitFor();
        await page.getByRole("button", { name: "cold ones", exact: true }).click();
        await page.waitForURL(/tag=cold/);
        await page.getByRole("row", { name: /kitchen/ }).waitFor({ state: "detached" });
        await page.getByRole("button", { name: "Forget the view cold ones" }).click();
        await page.reload();
        await settled(page);
        expect(await page.getByRole("button", { name: "cold ones", exact: true }).count()).toBe(0);
      });
    });

    test("those that are shown are taken along to a run, where one can be left out and the rest be done in batches", async () => {
      const { client } = stage();
      for (const hostname of ["shelf-1", "shelf-2", "shelf-3"])
        await client.call("registerServer", { body: { hostname, server_group: "shelves" } });
      await stage().visit("/servers?group=shelves", async (page) => {
        await page.getByRole("link", { name: "Run on these 3" }).click();
        await page.getByRole("radio", { name: "A command" }).check();
        await page.getByLabel("Command", { exact: true }).fill("/bin/true");
        await page.getByRole("heading", { name: "3 servers" }).waitFor();
        await page.getByRole("button", { name: "Remove shelf-2" }).click();
        await page.getByLabel(/^Servers per batch/).fill("half");
        await page.getByRole("button", { name: "Review and start" }).click();
        const batch = page.getByLabel(/^Servers per batch/).and(page.locator("[aria-invalid=true]"));
        await batch.fill("50%");
        await page.getByRole("heading", { name: "2 servers in 2 batches" }).waitFor();
        const preview = page.getByRole("region", { name: "What would happen" });
        await preview.getByRole("row", { name: /^shelf-1 dev .* 1$/ }).waitFor();
        await preview.getByRole("row", { name: /^shelf-3 dev .* 2$/ }).waitFor();
        expect(await violations(page)).toEqual([]);
      });
    });

    test("U13: ten thousand that are shown are taken along, no more, and one of them is left out by its name", async () => {
      const { installation } = stage();
      await installation.query(
        `insert into servers (hostname, environment, server_group, created_by)
         select 'hive-' || i, 'dev', 'hive', 'ada' from generate_series(1, 10001) i`,
      );
      await stage()
        .visit("/servers?group=hive", async (page) => {
          await page.getByRole("link", { name: "Run on these 10001" }).click();
          await page.getByRole("radio", { name: "A command" }).check();
          await page.getByLabel("Command", { exact: true }).fill("/bin/true");
          const server = page.getByLabel(/^Server \(/);
          const tooMany = page.getByText(
            /^At most 10000 servers can be named. Leave 1 out, or .* by environments, tags/,
          );
          await tooMany.waitFor();
          expect(await server.getAttribute("aria-invalid")).toBe("true");
          expect(await violations(page)).toEqual([]);
          await server.fill("hive-10001");
          await page.getByRole("button", { name: "Leave out" }).click();
          await page.getByRole("heading", { name: "10000 servers" }).waitFor();
          expect(await tooMany.count()).toBe(0);
          await server.fill("hive-5000");
          await page.getByRole("button", { name: "Leave out" }).click();
          await page.getByRole("button", { name: "Add", exact: true }).waitFor();
          await page.getByRole("heading", { name: "9999 servers" }).waitFor();
          expect(await page.locator("main *").count()).toBeLessThan(1_000);
          await page.getByRole("button", { name: "Review and start" }).click();
          const dialog = page.getByRole("dialog", { name: "Run this on 9999 servers?" });
          await dialog.getByLabel("Type 9999 to confirm").fill("9999");
          expect(await violations(page)).toEqual([]);
          const asked = page.waitForRequest((request) => request.method() === "POST");
          await page.route("**/api/v1/executions", (route) => route.abort());
          await page.keyboard.press("Enter");
          const { target_servers } = NewExecution.parse((await asked).postDataJSON());
          const { items } = await stage().client.call("listServers", { query: { hostname: "hive-5000" } });
          expect(new Set(target_servers).size).toBe(9_999);
          expect(target_servers).not.toContain(items[0]?.server_id);
        })
        .finally(() => installation.query("delete from servers where server_group = 'hive'"));
    });

    test("the circuit breaker of one is held open with a reason, which is kept", async () => {
      const { client } = stage();
      const { server } = await client.call("registerServer", { body: { hostname: "fuse-box" } });
      await stage().visit(`/servers/${server.server_id}?tab=breaker`, async (page) => {
        await page.getByLabel("Held").selectOption("Always holds work back");
        await page.getByLabel("Reason").fill("it smells burnt");
        await page.getByRole("button", { name: "Change the breaker" }).click();
        await page.getByRole("definition").getByText("Always holds work back").waitFor();
      });
      const { items } = await client.call("listAudit", { query: { resource_id: server.server_id } });
      expect(JSON.stringify(items)).toContain("it smells burnt");
    });
  });
}
