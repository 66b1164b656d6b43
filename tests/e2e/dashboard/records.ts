import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { type Stage, settled } from "./stage.ts";

/** What a link hands out as a file. */
async function download(page: Page, name: string): Promise<{ name: string; content: Buffer }> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name, exact: true }).first().click(),
  ]);
  return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
}

/** What has happened: the history, the audit log, and the reports. */
export function describeRecords(stage: () => Stage): void {
  describe("the records", () => {
    test("filters of the history are in its address, and one that fits nothing says so", async () => {
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
      });
    });

    test("the audit log is filtered, shown in full, found intact, and exported as it is filtered", async () => {
      await stage().visit("/audit", async (page) => {
        await settled(page);
        await page.getByRole("button", { name: "Check that nothing was altered" }).click();
        await page.getByText(/Intact: \d+ entries/).waitFor();
        await page.getByLabel("What", { exact: true }).selectOption("action.created");
        await page.waitForURL(/type=action.created/);
        await page.getByRole("button", { name: "action.created" }).first().click();
        await page.getByRole("dialog").getByText("greet").waitFor();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press("Escape");
        const { name, content } = await download(page, "Export as CSV");
        expect(name).toBe("audit.csv");
        const [head, ...lines] = content.toString().trim().split("\r\n");
        expect(head).toContain("event_type");
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.every((line) => line.includes("action.created"))).toBe(true);
      });
    });

    test("a report is downloaded in each format", async () => {
      await stage().visit("/reports", async (page) => {
        await settled(page);
        await page.getByLabel("From").fill("2001-01-01");
        const json = await download(page, "JSON");
        expect(JSON.parse(json.content.toString())).toMatchObject({ report: { kind: "executions" } });
        expect((await download(page, "PDF")).content.subarray(0, 5).toString()).toBe("%PDF-");
        expect((await download(page, "CSV")).name).toMatch(/\.csv$/);
      });
    });
  });
}
