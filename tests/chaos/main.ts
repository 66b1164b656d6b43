import { parseArgs } from "node:util";
import { z } from "zod";
import { runChaos } from "./run.ts";

// The program behind `./homeslice chaos [--rounds N] [--seed S] [--fleet N] [--json]`.

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "50" },
    seed: { type: "string" },
    fleet: { type: "string", default: "200" },
    json: { type: "boolean", default: false },
  },
});
const Count = z.coerce.number().int().nonnegative();
const seed = Count.parse(values.seed ?? Date.now() % 1_000_000);
const say = (line: string) => process.stderr.write(`${line}\n`);

say(`seed ${seed}`);
const report = await runChaos({ rounds: Count.parse(values.rounds), seed, fleet: Count.parse(values.fleet), say });
const { lost, duplicated, regressed, gaps, late, left, disordered } = report;
process.stdout.write(
  values.json
    ? `${JSON.stringify(report, undefined, 2)}\n`
    : `${report.rounds} rounds, ${report.executions} executions in ${report.seconds} s: ${lost} lost, ${duplicated} duplicated, ${regressed} regressed, ${gaps} gaps, ${late} late, ${left} left, ${disordered} disordered\n`,
);
process.exitCode = lost + duplicated + regressed + gaps + late + left + disordered === 0 ? 0 : 1;
