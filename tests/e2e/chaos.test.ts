import { expect, test } from "vitest";
import { runChaos } from "../chaos/run.ts";

const ROUNDS = 50;
const SEED = 20_309;

test("whatever is killed, frozen, cut off, full or wrong: nothing acknowledged is lost, nothing runs twice, no line is missing, each step comes once and in its order", async () => {
  const told: string[] = [];
  const options = { rounds: ROUNDS, seed: SEED, fleet: 100, say: (line: string) => told.push(line) };
  const report = await runChaos(options);
  const nothing = { lost: 0, duplicated: 0, regressed: 0, gaps: 0, late: 0, left: 0, disordered: 0 };
  expect(report, told.join("\n")).toMatchObject({ rounds: ROUNDS, ...nothing });
  expect(report.executions).toBeGreaterThan(2 * ROUNDS);
}, 900_000);
