import type { Page } from "playwright-core";
import type { Stage } from "../../e2e/dashboard/stage.ts";
import type { BenchOptions, Figures } from "../bench.ts";
import { inBarePage, inDashboard } from "./printed.ts";
import type { Gate, Printing } from "./printer.ts";
import { timesOf } from "./times.ts";
import { LineWatch } from "./watch.ts";

const LINES = 300;
const PER_SECOND = 20;
const MAX_LAG_MS = 300;

/** A line now and then: from its printing by a process of a real agent until it is seen in the page. */
export async function lineLag(stage: Stage, { quick, say }: BenchOptions): Promise<Figures> {
  const printing = { first: 1, later: quick ? 20 : LINES, perSecond: PER_SECOND };
  say(`${printing.later} lines, ${PER_SECOND} a second, until each is seen`);
  const floor = await inBarePage(stage, printing, watchAll);
  const measured = await inDashboard(stage, printing, watchAll);
  return timesOf("dashboard_line", { measured, floor }, MAX_LAG_MS);
}

async function watchAll(page: Page, { first, later }: Printing, gate: Gate): Promise<readonly number[]> {
  const watch = await LineWatch.begin(page);
  await watch.until(first);
  await watch.clear();
  gate.open();
  await watch.until(first + later);
  const lags = await watch.lags();
  // So few fit into sight that each of them is seen.
  if (lags.length !== later) throw new Error(`${lags.length} of ${later} lines were seen`);
  return lags;
}
