import { parseArgs } from "node:util";
import { startBuilds } from "./builds.ts";
import { runChecks } from "./checks.ts";
import { add, none, summary } from "./counts.ts";
import { runSuites, type Suite } from "./suites.ts";

// The program behind `./homeslice test [--fast] [FILTER…]`: the checks, with the slow builds of engine and control plane
// beside them; then the tests, which need those. The last line counts all results.

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { fast: { type: "boolean", default: false } },
});

const builds = values.fast ? [] : startBuilds();
const checked = filters.length === 0 ? await runChecks() : none;
const failures = await builds;
for (const failure of failures) process.stdout.write(`FAILED: ${failure}\n`);
// What was not built has failed already; the quick suites do without it.
const suites: readonly Suite[] = values.fast || failures.length > 0 ? ["unit"] : ["unit", "e2e"];
const tested = await runSuites(suites, filters);
const counts = [checked, tested, { ...none, failed: failures.length }].reduce(add);
process.stdout.write(`\n${summary(counts)}\n`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
