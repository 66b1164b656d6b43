import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStackFile } from "@homeslice/cli/cluster/stackFile.ts";
import { beforeEach, expect, test } from "vitest";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeslice-stacks-"));
  for (const stack of ["dev", "prod"])
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "config:\n  homeslice:domain: a.example\n");
});

test("the settings of a stack are read from the folder that --config names", () => {
  expect(readStackFile("dev", folder).content).toEqual({ config: { "homeslice:domain": "a.example" } });
});

test("an unknown stack is refused with those that exist and the one that was probably meant", () => {
  expect(() => readStackFile("pord", folder)).toThrow(/the stacks are dev, prod\)\. Did you mean "prod"\?/);
  expect(() => readStackFile("staging", folder)).toThrow(/no Pulumi\.staging\.yaml/);
});

test.each(["../dev", "a/b", "-x", ""])("%j is no name of a stack, whatever file it would lead to", (name) => {
  writeFileSync(join(folder, "Pulumi.-x.yaml"), "config: {}\n");
  expect(() => readStackFile(name, folder)).toThrow(/no such stack/);
});

test.each([
  ["config: [", /cannot be read/],
  ["config: 3\n", /not a mapping with a `config` section/],
  ["- a\n", /not a mapping/],
])("a settings file that reads %j is refused with its name", (text, message) => {
  writeFileSync(join(folder, "Pulumi.dev.yaml"), text);
  expect(() => readStackFile("dev", folder)).toThrow(message);
  expect(() => readStackFile("dev", folder)).toThrow(/Pulumi\.dev\.yaml/);
});

test("an empty settings file is a stack without settings", () => {
  writeFileSync(join(folder, "Pulumi.dev.yaml"), "");
  expect(readStackFile("dev", folder).content.config ?? {}).toEqual({});
});
