import { parseArgs } from "node:util";
import { startBuilds } from "./builds.ts";
import { add, type Counts, none, summary } from "./counts.ts";
import { runChecks, runSuite } from "./suites.ts";

// The program behind `./homeslice test [--fast] [FILTER…]`: checks and quick suites, with the slow builds of engine
// and control plane beside them; then the end-to-end suites, which need those. The last line counts all results.

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { fast: { type: "boolean", default: false } },
});

async function run(): Promise<Counts> {
  const builds = values.fast ? undefined : startBuilds();
  let counts = filters.length === 0 ? await runChecks() : none;
  counts = add(counts, await runSuite("unit", filters));
  if (builds === undefined) return counts;
  const failures = await builds;
  for (const failure of failures) process.stdout.write(`FAILED: ${failure}\n`);
  if (failures.length > 0) return add(counts, { ...none, failed: failures.length });
  return add(counts, await runSuite("e2e", filters));
}

const counts = await run();
process.stdout.write(`\n${summary(counts)}\n`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
