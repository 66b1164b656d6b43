import type { Page } from "playwright-core";
import type { ExpectStatic } from "vitest";

/** Of what is in sight, how much moves, times how far. */
export const most = {
  /** While a page gets what it shows: what Core Web Vitals call good. */
  loading: 0.1,
  /** While it is kept up to date. */
  live: 0.05,
} as const;

/** Watches what moves under somebody's eyes and hands, as Chromium measures it. @returns what fails when it was too much */
export async function watchStillness(page: Page, mostShift: number): Promise<(expect: ExpectStatic) => Promise<void>> {
  const shifts = await watchShifts(page);
  return async (expect) => {
    const moved = await shifts();
    const sum = moved.reduce((sum, { value }) => sum + value, 0);
    const message = moved.map(({ value, what }) => `${value}: ${what.join(" ")}`).join("\n");
    expect(sum, message).toBeLessThanOrEqual(mostShift);
  };
}

interface Shift {
  readonly value: number;
  /** What moved. */
  readonly what: readonly string[];
}

/** @returns what asks for all that has moved since, once two more frames have been painted */
async function watchShifts(page: Page): Promise<() => Promise<readonly Shift[]>> {
  const watch = await page.evaluateHandle(() => {
    const found: Shift[] = [];
    const isShift = (entry: PerformanceEntry): entry is LayoutShift => entry.entryType === "layout-shift";
    const take = (entries: PerformanceEntryList) => {
      for (const { value, sources } of entries.filter(isShift)) {
        const what = sources.map(({ node }) => (node instanceof Element ? node.outerHTML.slice(0, 100) : `${node}`));
        found.push({ value, what });
      }
    };
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type: "layout-shift" });
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    return async () => {
      await frame();
      await frame();
      take(observer.takeRecords());
      return found;
    };
  });
  return async () => await watch.evaluate((look) => look());
}

/** What Chromium tells of a frame in which something moved. */
interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly sources: readonly { readonly node: Node | null }[];
}
