import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pages } from "../../cli/docs/pages.ts";

test.each(pages)("$path says what the code says: ./homeslice docs writes it anew", ({ path, render }) => {
  expect(readFileSync(join(import.meta.dirname, "../..", path), "utf8")).toBe(render());
});
