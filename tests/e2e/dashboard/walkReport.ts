import { execFileSync } from "node:child_process";
import { parse } from "csv-parse/sync";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { z } from "zod";
import { debianProgram } from "../../support/debian.ts";
import { download } from "./download.ts";

const Rows = z.array(z.record(z.string(), z.string()));

/** Exports who ran what where, and finds an action there on each of its servers. */
export async function expectReport(page: Page, run: { action: string; servers: readonly string[] }): Promise<void> {
  await page.getByRole("link", { name: "Reports" }).click();
  const report = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Who ran what where" }) });
  const csv = await download(page, () => report.getByRole("link", { name: "CSV" }).click());
  expect(csv.name).toMatch(/\.csv$/);
  const rows = Rows.parse(parse(csv.content, { columns: true })).filter(({ action }) => action === run.action);
  expect(rows.map(({ server }) => server).sort()).toEqual([...run.servers].sort());
  expect(rows[0]).toMatchObject({ state: "succeeded", started_by: "ada", environment: "dev" });
  const pdf = await download(page, () => report.getByRole("link", { name: "PDF" }).click());
  expect(pdf.name).toMatch(/\.pdf$/);
  expect(textOf(pdf.content)).toContain(run.action.replaceAll(" ", ""));
}

/** The letters of a PDF; cells are lines as wide as their column. */
function textOf(pdf: Buffer): string {
  const reader = debianProgram("pdftotext", "poppler-utils");
  if ("missing" in reader) throw new Error(reader.missing);
  return execFileSync(reader.path, ["-raw", "-", "-"], { input: pdf, encoding: "utf8" }).replaceAll(/\s+/g, "");
}
