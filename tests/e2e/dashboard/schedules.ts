import { describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import type { Stage } from "./stage.ts";

/** When schedules are due. */
export function describeSchedules(stage: () => Stage): void {
  describe("the schedules", () => {
    test("times in which nothing begins are added and removed; what is due next leaves them out while one is writing", async () => {
      const { client } = stage();
      await stage().visit("/schedules", async (page) => {
        await page.getByRole("button", { name: "New schedule" }).click();
        const form = page.getByRole("dialog", { name: "New schedule" });
        await form.getByLabel("Name", { exact: true }).fill("not at night");
        await form.getByLabel("Cron expression").fill("0 3,12 * * *");
        await form.getByLabel("Time zone").fill("UTC");
        const due = async () =>
          await form.getByRole("region", { name: "Due next" }).getByRole("listitem").allInnerTexts();
        await expect.poll(async () => (await due()).filter((at) => at.includes("3:00 AM")).length).toBeGreaterThan(1);
        const add = form.getByRole("button", { name: "Add a black-out" });
        await add.click();
        await form.getByLabel("Starts (cron)").fill("30 2 * * *");
        await form.getByLabel("Minutes").fill("soon");
        await add.click();
        await form.getByRole("button", { name: "Remove black-out 2" }).click();
        await form.getByRole("radio", { name: "A command" }).check();
        await form.getByLabel("Command", { exact: true }).fill("/bin/true");
        await form.getByLabel(/^Host name/).fill("kitchen");
        await form.getByRole("button", { name: "Create" }).click();
        await form.getByLabel("Minutes").and(page.locator("[aria-invalid=true]")).fill("60");
        await expect
          .poll(async () => (await due()).map((at) => /\d+:00 [AP]M/.exec(at)?.[0]))
          .toEqual(Array.from({ length: 5 }, () => "12:00 PM"));
        expect(await violations(page)).toEqual([]);
        await form.getByRole("button", { name: "Create" }).click();
        await page.getByRole("definition").getByText("0 3,12 * * * · UTC · 1 black-out").waitFor();
      });
      const { items } = await client.call("listSchedules", { query: { search: "not at night" } });
      expect(items).toMatchObject([{ timing: { black_outs: [{ starts: "30 2 * * *", minutes: 60 }] } }]);
      for (const { schedule_id, version } of items)
        await client.call("deleteSchedule", { params: { schedule_id }, version });
    });
  });
}
