import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configurationReference } from "@homeslice/config";
import { expect, it } from "vitest";

it("the reference of the configuration is what `homeslice docs` writes", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reference/configuration.md"), "utf8");
  expect(page).toBe(configurationReference());
});
