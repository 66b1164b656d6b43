import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { benches } from "../bench/catalogue.ts";

const MAIN = join(import.meta.dirname, "../../cli/main.ts");
const run = promisify(execFile);

const Figures = z.record(
  z.string(),
  z.strictObject({
    value: z.number().nonnegative(),
    unit: z.string().min(1),
    target: z.number().positive().nullable(),
    met: z.boolean(),
    floor: z.number().positive().nullable(),
    ratio: z.number().positive().nullable(),
  }),
);

// That of the cluster would bring one up of its own: cluster.test.ts holds what it measures. Lighthouse is fetched by its
// bench alone; the browser tests of the dashboard hold what it finds, and what the bench of the dashboard looks at.
const others = ["cluster", "lighthouse", "dashboard"];
test.for(Object.keys(benches).filter((name) => !others.includes(name)))(
  "bench %s measures what was done right, beside its floor, and ends by itself",
  async (name) => {
    // A bench fails when anything it ran was lost, doubled or out of order; its times say nothing on a busy machine.
    const { stdout } = await run(process.execPath, [MAIN, "bench", name, "--quick", "--json"]);
    const figures = Object.entries(Figures.parse(JSON.parse(stdout)));
    expect(figures.length).toBeGreaterThan(0);
    for (const [, { value, floor, ratio }] of figures) {
      if (floor !== null) expect(ratio).toBeCloseTo(value / floor, 0);
    }
  },
);

test("a bench that is not there is refused, with the names of those that are", async () => {
  const call = run(process.execPath, [MAIN, "bench", "nothing"]);
  await expect(call).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("bulk, dispatch") });
});
