import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

/** What a page hands out as a file. @param ask makes it do so */
export async function download(page: Page, ask: () => Promise<void>): Promise<{ name: string; content: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent("download"), ask()]);
  return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
}
