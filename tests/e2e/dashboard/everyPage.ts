import type { Page, Route } from "playwright-core";
import { describe, type ExpectStatic, test } from "vitest";
import { COLOURS, STANDARDS, violations } from "./axe.ts";
import { paths } from "./paths.ts";
import { type Stage, settled } from "./stage.ts";

const sizes = [1280, 768, 390].map((width) => ({ width, height: 844 }));
const API = "**/api/**";
const schemes = ["light", "dark"] as const;

/** Of a page with long lists, the rest is like what came before. */
const MOST_STOPS = 60;

/** What holds of every page, whoever adds one. */
export function describeEveryPage(stage: () => Stage): void {
  describe.concurrent("every page", () => {
    test.for(paths)("%s: in every theme, size and state, without a fault", async (path, { expect }) => {
      await stage().visit(stage().addressOf(path), async (page) => {
        await settled(page);
        await expectNoViolations(page, expect);
        await expectReflow(page, expect);
        await expectVisibleFocus(page, expect);
        await page.route(API, emptied);
        await page.reload();
        await settled(page);
        expect(await violations(page), "with nothing to show").toEqual([]);
        await page.route(API, brokenGateway);
        await page.reload();
        await settled(page);
        expect(await violations(page), "without a sensible answer").toEqual([]);
        await withoutAnswers(page);
        await page.reload();
        await page.locator("main :is(h1, .skeleton)").first().waitFor();
        expect(await violations(page), "while it waits").toEqual([]);
      });
    });
  });
}

async function withoutAnswers(page: Page): Promise<void> {
  await page.route(API, () => new Promise(() => {}));
  await page.routeWebSocket("**/ws/**", () => {});
}

/** What a proxy says whose orchestrator is gone. */
async function brokenGateway(route: Route): Promise<void> {
  await route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway" });
}

/** The answer of the orchestrator, but that every list in it is empty. */
async function emptied(route: Route): Promise<void> {
  const response = await route.fetch();
  const answer: unknown = await response.json();
  const isList = typeof answer === "object" && answer !== null && "items" in answer;
  await route.fulfill({ response, ...(isList && { json: { items: [], next_cursor: null } }) });
}

async function expectNoViolations(page: Page, expect: ExpectStatic): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      // Of another theme, only its colours are another.
      const found = await violations(page, colorScheme === "dark" ? COLOURS : STANDARDS);
      expect(found, `${size.width} pixels wide, ${colorScheme}`).toEqual([]);
    }
  }
}

/** As narrow as a small phone, or magnified four times: nothing has to be scrolled sideways (WCAG 1.4.10). */
async function expectReflow(page: Page, expect: ExpectStatic): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
}

/** From the top by the tab key alone: wherever it stops, that is to be seen. */
async function expectVisibleFocus(page: Page, expect: ExpectStatic): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement ?? document.body;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const isVisible = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
      return { html: element.outerHTML.slice(0, 200), isVisible, isOutside: element === document.body };
    });
    if (focused.isOutside) return;
    expect(focused).toMatchObject({ isVisible: true });
  }
}
