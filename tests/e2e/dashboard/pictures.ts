import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { describe, test } from "vitest";
import { type Stage, settled } from "./stage.ts";

/** Where pictures for the documents are written; without it, none are made. */
const directory = process.env["HOMESLICE_PICTURES"];
export const isMakingPictures = directory !== undefined;

/** The size of a page in a picture. */
export const PICTURE = { width: 1280, height: 860 } as const;

const pages = [
  ["servers", "/servers"],
  ["server", "/servers/$serverId"],
  ["actions", "/actions"],
  ["history", "/history"],
  ["approvals", "/approvals"],
  ["schedules", "/schedules"],
  ["workflow-run", "/workflow-runs/$runId"],
  ["notifications", "/notifications"],
  ["audit", "/audit"],
  ["reports", "/reports"],
  ["platform", "/platform"],
] as const;

/** Makes a picture of a page, or of a part of it, in both themes. */
export async function picture(page: Page, name: string, part?: Locator): Promise<void> {
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  const box = await part?.boundingBox();
  const session = await page.context().newCDPSession(page);
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    const { data } = await session.send("Page.captureScreenshot", {
      format: "webp",
      quality: 75,
      ...(box && { clip: { ...box, scale: 1 } }),
    });
    writeFileSync(join(directory, `${name}-${colorScheme}.webp`), Buffer.from(data, "base64"));
  }
  await session.detach();
}

/** Pictures of the main pages in both themes; those of the steps are made by the walk. */
export function describePictures(stage: () => Stage): void {
  describe("pictures for the documents", () => {
    test.for(pages)("%s", async ([name, path]) => {
      const act = async (page: Page) => {
        await settled(page);
        await picture(page, name);
      };
      await stage().visit(stage().addressOf(path), act, { viewport: PICTURE });
    });
  });
}
