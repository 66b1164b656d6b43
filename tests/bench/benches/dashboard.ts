import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { z } from "zod";
import type { Bench, Figures } from "../bench.ts";

const MAIN = join(import.meta.dirname, "../dashboard/main.ts");

const Figure = z.object({
  value: z.number(),
  unit: z.string(),
  target: z.number().nullable(),
  met: z.boolean(),
  floor: z.number().nullable(),
  ratio: z.number().nullable(),
});

/** What the program in `dashboard/` tells on its way. */
const Told = z.union([z.object({ says: z.string() }), z.object({ figures: z.record(z.string(), Figure) })]);
export type Told = z.input<typeof Told>;

/** The dashboard in a real browser, under much output and with many servers. */
export const dashboard: Bench = {
  description: "the dashboard in a browser, under much output and with 10,000 servers",
  async run({ quick, say }) {
    // A program of its own: what runs in pages is typed as such, unlike everything else here.
    const child = fork(MAIN, quick ? ["--quick"] : []);
    let figures: Figures | undefined;
    child.on("message", (message) => {
      const told = Told.parse(message);
      if ("says" in told) say(told.says);
      else figures = told.figures;
    });
    await once(child, "exit");
    if (figures === undefined) throw new Error("the browser was not measured: see above");
    return figures;
  },
};
