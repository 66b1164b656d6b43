import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/run/longestFirst.ts";

const globalSetup = [
  "tests/support/globalTemporary.ts",
  "tests/support/globalPostgres.ts",
  "tests/support/globalEngine.ts",
];

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/e2e/**", "**/node_modules/**"],
          // Ends what hangs, and no test that waits for a busy processor.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Also on two cores, where the default is one: half of a test is waiting for its servers.
          maxWorkers: "100%",
          globalSetup,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          // Two at once: each spends a part of its time waiting; with three on two cores, all of it takes as long.
          maxWorkers: 2,
          globalSetup,
        },
      },
    ],
  },
});
