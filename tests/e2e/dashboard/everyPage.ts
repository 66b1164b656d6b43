import type { Page } from "playwright-core";
import { afterAll, describe, type ExpectStatic, test } from "vitest";
import { COLOURS, STANDARDS, violations } from "./axe.ts";
import { stopOf } from "./keyboard.ts";
import { Lanes } from "./lanes.ts";
import { paths } from "./paths.ts";
import { open, type Stage, settled } from "./stage.ts";
import { most, watchStillness } from "./stillness.ts";

const sizes = [1280, 768, 390].map((width) => ({ width, height: 844 }));
const schemes = ["light", "dark"] as const;

/** Of a page with long lists, the rest is like what came before. */
const MOST_STOPS = 60;

/** What holds of every page, whoever adds one. */
export function describeEveryPage(stage: () => Stage): void {
  describe.concurrent("every page", () => {
    const lanes = new Lanes(stage);
    afterAll(() => lanes.close());

    test.for(paths)(
      "%s: in every theme, size and state, without a fault; UF10: nothing moves when its answer comes",
      async (path, { expect }) => {
        await lanes.use(async ({ page, answers }) => {
          answers.hold();
          await open(page, stage().addressOf(path), async () => {
            await page.locator("main :is(h1, .skeleton)").first().waitFor();
            await expectNoViolations(page, expect, "while it waits");
            const expectStillness = await watchStillness(page, most.loading);
            answers.give("real");
            await settled(page);
            await answers.quiet();
            await expectStillness(expect);
            await expectNoViolations(page, expect, "with all there is");
            await expectReflow(page, expect);
            await expectVisibleFocus(page, expect);
            await expectOtherViews(page, expect);
            answers.give("broken");
            await page.reload();
            await settled(page);
            await expectNoViolations(page, expect, "UF1: without a sensible answer");
            answers.give("empty");
            await reconnect(page);
            await settled(page);
            await expectNoViolations(page, expect, "with nothing to show");
          });
        });
      },
    );
  });
}

/** Has a page ask again for what it did not get, as when a network is back. */
async function reconnect(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.dispatchEvent(new Event("offline"));
    window.dispatchEvent(new Event("online"));
  });
  await page.locator("main .notice-error").first().waitFor({ state: "detached" });
}

async function expectNoViolations(page: Page, expect: ExpectStatic, state: string): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      // Of another theme, only its colours are another.
      const found = await violations(page, colorScheme === "dark" ? COLOURS : STANDARDS);
      expect(found, `${state}, ${size.width} pixels wide, ${colorScheme}`).toEqual([]);
    }
  }
}

/** A page of several views has no violations in any of them. */
async function expectOtherViews(page: Page, expect: ExpectStatic): Promise<void> {
  const [first, ...others] = await page.getByRole("main").getByRole("tab").all();
  for (const tab of others) {
    await tab.click();
    await settled(page);
    await expectNoViolations(page, expect, `at ${await tab.innerText()}`);
  }
  await first?.click();
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
    const focused = await stopOf(page);
    if (focused.isOutside) return;
    expect(focused).toMatchObject({ isVisible: true });
  }
}
