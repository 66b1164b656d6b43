import { expect, test } from "vitest";
import { quickFaults } from "../chaos/faults.ts";
import { runChaos } from "../chaos/run.ts";

const SEED = 20_261;

test("whatever is killed, frozen or cut off: nothing acknowledged is lost, nothing runs twice, no line is missing", async () => {
  const plan = [...quickFaults, "orchestratorFrozen"] as const;
  const told: string[] = [];
  const options = { rounds: plan.length, seed: SEED, fleet: 200, plan, say: (line: string) => told.push(line) };
  const report = await runChaos(options);
  expect(report, told.join("\n")).toMatchObject({ rounds: plan.length, lost: 0, duplicated: 0, regressed: 0, gaps: 0 });
  expect(report.executions).toBeGreaterThan(2 * plan.length);
});
