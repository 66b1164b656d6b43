import { appendFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import type { Counts } from "./counts.ts";

/** Environment variable with the path of the file that the counts of a run are appended to, as one line of JSON. */
export const TALLY_FILE = "HOMESLICE_TEST_TALLY";

/** Counts real results: every test, and every file or hook that failed outside one. A skip tells its reason. */
export default class Tally implements Reporter {
  readonly #counts: Counts = { passed: 0, failed: 0, skipped: 0 };

  onTestCaseResult(testCase: TestCase): void {
    const result = testCase.result();
    if (result.state === "pending") return;
    this.#counts[result.state]++;
    if (result.state !== "skipped") return;
    const reason = result.note ?? "no reason was given";
    process.stdout.write(`skipped: ${testCase.module.relativeModuleId} > ${testCase.fullName}: ${reason}\n`);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.#counts.failed += unhandledErrors.length;
    // Errors of a module or a suite are no test's: a file that does not load, a beforeAll that throws.
    for (const module of modules) {
      this.#counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) this.#counts.failed += suite.errors().length;
    }
    const file = process.env[TALLY_FILE];
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(this.#counts)}\n`);
  }
}
