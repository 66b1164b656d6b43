import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { Stage } from "../../e2e/dashboard/stage.ts";
import { debianProgram } from "../../support/debian.ts";
import { type Bench, figure, quantile } from "../bench.ts";

const run = promisify(execFile);

const LIGHTHOUSE = "lighthouse@13.5.0";
const RUNS = 3;
const PAGES = ["/servers", "/history", "/executions/$executionId"];
const categories = ["performance", "accessibility", "best-practices"] as const;
type Category = (typeof categories)[number];

const AuditRef = z.object({ id: z.string(), weight: z.number() });
const Report = z.object({
  categories: z.record(z.enum(categories), z.object({ score: z.number(), auditRefs: z.array(AuditRef) })),
  audits: z.record(z.string(), z.object({ score: z.number().nullable() })),
});
type Report = z.infer<typeof Report>;

/** The dashboard as Lighthouse rates it on a desktop: of each page the median of some runs, and of the pages the worst. */
export const lighthouse: Bench = {
  description: "the dashboard as Lighthouse rates it, of 100",
  async run({ quick, say }) {
    const browser = debianProgram("chromium", "chromium");
    if (!("path" in browser)) throw new Error(`there is no browser: ${browser.missing}`);
    const stage = await Stage.open(browser.path);
    try {
      const pages = quick ? PAGES.slice(0, 1) : PAGES;
      const worst = { performance: 100, accessibility: 100, "best-practices": 100 };
      for (const page of pages) {
        const path = page.replace(/\$(\w+)/, (_, name: string) => stage.seed[name] ?? "");
        const scores: Record<Category, number[]> = { performance: [], accessibility: [], "best-practices": [] };
        for (let i = 0; i < (quick ? 1 : RUNS); i++) {
          const report = await rate(stage, path, browser.path);
          for (const name of categories) scores[name].push(pointsOf(report, name));
          say(`${page}: ${categories.map((name) => inWords(report, name)).join("; ")}`);
        }
        for (const name of categories) worst[name] = Math.min(worst[name], quantile(scores[name], 0.5));
      }
      const unit = "points";
      return {
        lighthouse_performance: figure({ value: worst.performance, unit, atLeast: 95 }),
        lighthouse_accessibility: figure({ value: worst.accessibility, unit, atLeast: 100 }),
        lighthouse_best_practices: figure({ value: worst["best-practices"], unit, atLeast: 95 }),
      };
    } finally {
      await stage.close();
    }
  },
};

const pointsOf = ({ categories }: Report, name: Category) => Math.round(100 * categories[name].score);

/** The points of a category, and those that audits cost, where they do. */
function inWords(report: Report, name: Category): string {
  const { auditRefs } = report.categories[name];
  const whole = auditRefs.reduce((sum, { weight }) => sum + weight, 0);
  const costs = auditRefs
    .map(({ id, weight }) => ({ id, cost: (100 * weight * (1 - (report.audits[id]?.score ?? 1))) / whole }))
    .filter(({ cost }) => cost >= 0.5)
    .map(({ id, cost }) => `${id} -${cost.toFixed(0)}`);
  return `${name} ${pointsOf(report, name)}${costs.length > 0 ? ` (${costs.join(", ")})` : ""}`;
}

/** Rates one page once, as somebody who is logged in sees it. */
async function rate(stage: Stage, path: string, browser: string): Promise<Report> {
  const context = await stage.context();
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  await context.close();
  const options = [
    "--preset=desktop",
    "--quiet",
    "--output=json",
    "--output-path=stdout",
    `--only-categories=${categories.join(",")}`,
    `--extra-headers=${JSON.stringify({ Cookie: cookies })}`,
    "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
  ];
  const { stdout } = await run(
    "npm",
    ["exec", "--yes", `--package=${LIGHTHOUSE}`, "--", "lighthouse", stage.url + path, ...options],
    {
      env: { ...process.env, CHROME_PATH: browser },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return Report.parse(JSON.parse(stdout));
}
