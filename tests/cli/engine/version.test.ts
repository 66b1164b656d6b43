import { readFileSync } from "node:fs";
import { ENGINE_VERSION, isCompatible } from "@homeslice/cli/engine/version.ts";
import { expect, test } from "vitest";

test("SDK, launcher and Go module are of the version that the engine is looked up by", () => {
  const dependencies = JSON.parse(readFileSync("cli/package.json", "utf8")).dependencies;
  expect(dependencies["@pulumi/pulumi"]).toBe(ENGINE_VERSION);
  expect(dependencies["pulumi"]).toBe(ENGINE_VERSION);
  expect(readFileSync("cli/engine/go.mod", "utf8")).toContain(`github.com/pulumi/pulumi/pkg/v3 v${ENGINE_VERSION}`);
});

test.each([
  ["v3.251.0", true],
  ["3.300.2", true],
  ["v3.252.0-alpha.1", true],
  ["v3.250.9", false],
  ["v4.0.0", false],
  ["", false],
  ["no version", false],
])("an engine that calls itself %j is compatible: %s", (version, expected) => {
  expect(isCompatible(version)).toBe(expected);
});
