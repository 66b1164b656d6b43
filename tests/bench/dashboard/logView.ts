import type { Page } from "playwright-core";
import type { Stage } from "../../e2e/dashboard/stage.ts";
import { type BenchOptions, type Figures, figure, quantile } from "../bench.ts";
import { bareSearch, searchIn, withBarePage } from "./bare.ts";
import { besideTheSame, inBarePage, inDashboard } from "./printed.ts";
import type { Gate, Printing } from "./printer.ts";
import { timesOf } from "./times.ts";
import { countIn, typeDigits } from "./typing.ts";
import { LineWatch, watchLongTasks, watchMainThread } from "./watch.ts";

/** What a page holds at least. */
const HELD = 100_000;
const FLOOD: Printing = { first: HELD, later: 75_000, perSecond: 5_000 };
const QUICK: Printing = { first: 2_000, later: 5_000, perSecond: 5_000 };
/** Of the flood, the beginning is not measured: the page has just come to the end of what was held. */
const BEGINNING = 0.1;
const MAX_NODES = 300;
const LONG_TASK_MS = 50;
const MAX_SEARCH_MS = 100;
const ROUNDS = 5;

/** The output of one execution: as much as the page holds, five thousand lines more a second, and a search through it. */
export async function logView(stage: Stage, { quick, say }: BenchOptions): Promise<Figures> {
  const printing = quick ? QUICK : FLOOD;
  say(`${printing.first} lines held, ${printing.perSecond} more a second`);
  const floor = await inBarePage(stage, printing, underFlood);
  const { longest: ofNothing } = await besideTheSame(stage, printing, underFlood);
  return await inDashboard(stage, printing, async (page, _, gate) => {
    const { longest, busy, lag } = await underFlood(page, printing, gate);
    const nodes = await page.locator(".log *").count();
    await page.locator("header.page-head").getByText("1 of 1 finished").waitFor();
    say("a search through what is held");
    const search = await searchTimes(stage, page, printing, quick ? 1 : ROUNDS);
    const unit = "ms";
    return {
      dashboard_log_nodes: figure({ value: nodes, unit: "elements", atMost: MAX_NODES }),
      dashboard_log_longest_task: figure({
        value: longest,
        unit,
        atMost: LONG_TASK_MS,
        ...(ofNothing > 0 && { floor: ofNothing }),
      }),
      dashboard_log_busy: figure({ value: busy, unit: "% of a core", floor: floor.busy }),
      dashboard_log_line_p95: figure({ value: lag, unit, floor: floor.lag }),
      ...timesOf("dashboard_log_search", search, MAX_SEARCH_MS),
    };
  });
}

/** @returns the longest task if any was long, and what the main thread and the lines took, in the steady part of the flood */
async function underFlood(page: Page, { first, later }: Printing, gate: Gate) {
  const lines = await LineWatch.begin(page);
  await lines.until(first);
  gate.open();
  await lines.until(first + later * BEGINNING);
  await lines.clear();
  const [longTasks, share] = [await watchLongTasks(page), await watchMainThread(page)];
  await lines.until(first + later);
  const [tasks, busy] = [await longTasks(), await share()];
  return { longest: Math.max(0, ...tasks), busy, lag: quantile(await lines.lags(), 0.95) };
}

/** From a key until the page says how many lines have what was typed: in the dashboard, and in a bare page. */
async function searchTimes(stage: Stage, page: Page, { first, later }: Printing, rounds: number) {
  const printed = Array.from({ length: first + later }, (_, place) => `number ${place + 1} at`);
  const [input, status] = [".log-search input", ".log-search [role=status]"];
  await page.locator(input).fill("number");
  const count = Number.parseInt(
    await page
      .locator(status)
      .getByText(/^[1-9]\d* lines$/)
      .innerText(),
    10,
  );
  if (count < Math.min(HELD, printed.length)) throw new Error(`the page holds ${count} lines`);
  const held = printed.slice(-count);
  const typing = { text: "number ", rounds };
  const says = countIn(held, (found) => `${found} lines`);
  const measured = await typeDigits(page, { ...typing, input, status, says });
  const floor = await withBarePage(stage, async (bare) => {
    await searchIn(bare, held);
    return await typeDigits(bare, { ...typing, ...bareSearch, says: countIn(held, bareSearch.words) });
  });
  return { measured, floor };
}
