import { join } from "node:path";
import { describe, test } from "vitest";
import { type Stage, settled } from "./stage.ts";

/** Where pictures of the main pages are written, for the documents; without it, none are made. */
const directory = process.env["HOMESLICE_PICTURES"];

const pages = [
  ["servers", "/servers"],
  ["run", "/run"],
  ["actions", "/actions"],
  ["execution", "/executions/$executionId"],
  ["execution-servers", "/executions/$executionId?tab=servers"],
  ["history", "/history"],
  ["workflow-run", "/workflow-runs/$runId"],
  ["audit", "/audit"],
  ["reports", "/reports"],
  ["platform", "/platform"],
] as const;

/** Pictures of the main pages in both themes. */
export function describePictures(stage: () => Stage): void {
  if (directory === undefined) return;
  describe("pictures for the documents", () => {
    test.for(pages)("%s", async ([name, path]) => {
      await stage().visit(
        stage().addressOf(path),
        async (page) => {
          await settled(page);
          for (const colorScheme of ["light", "dark"] as const) {
            await page.emulateMedia({ colorScheme });
            await page.screenshot({ path: join(directory, `${name}-${colorScheme}.png`) });
          }
        },
        { viewport: { width: 1280, height: 800 } },
      );
    });
  });
}
