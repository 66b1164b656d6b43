import { describe, expect, test } from "vitest";
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
      });
    });
  });
}
