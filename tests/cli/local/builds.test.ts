import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtOnce } from "@homeslice/cli/local/builds.ts";
import { expect, onTestFinished, test } from "vitest";

test("what several build at the same time is whole, and there once", async () => {
  const cache = mkdtempSync(join(tmpdir(), "homeslice-files-"));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  const { promise: bothBegun, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  const build = async (directory: string) => {
    mkdirSync(directory, { recursive: true });
    if (++begun === 2) resolve();
    await bothBegun;
    writeFileSync(join(directory, "program"), "whole");
  };
  const product = { name: "product", sources: ["package.json"], build };
  const [one, other] = await Promise.all([builtOnce(cache, product), builtOnce(cache, product)]);
  expect(other).toBe(one);
  expect(readdirSync(one)).toEqual(["program"]);
  expect(readdirSync(join(cache, "product"))).toHaveLength(1);
  expect(await builtOnce(cache, product)).toBe(one);
  expect(begun).toBe(2);
});
