import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/run/longestFirst.ts";

const shared = {
  globalSetup: ["tests/support/globalTemporary.ts", "tests/support/globalPostgres.ts", "tests/support/globalEngine.ts"],
  // More than two cores need, where there are two: a third of a test is waiting for its servers.
  maxWorkers: Math.max(3, availableParallelism()),
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/e2e/**", "**/node_modules/**"],
          // Ends what hangs, and no test that waits for a busy processor.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
