import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateConfig } from "@homeslice/cli/cluster/migrate.ts";
import { lineDifference } from "@homeslice/cli/cluster/report/lines.ts";
import { CONFIG_VERSION, loadConfig, pendingEdits } from "@homeslice/config";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";

const old = `# Our home.
config: # all of it
  homeslice:services: # ours
    # what we know
    wiki: # since May
      image: ghcr.io/example/wiki:1 # pinned
      port: 3000
      groups: [ family ]
    paste:
      image: ghcr.io/example/paste:1
      port: 3000
      groups: []
  # The domain comes last here.
  homeslice:domain: home.example.org
`;
const current = `# Our home.
config: # all of it
  homeslice:services: # ours
    # what we know
    wiki: # since May
      image: ghcr.io/example/wiki:1 # pinned
      port: 3000
      role: admin
    paste:
      image: ghcr.io/example/paste:1
      port: 3000
  # The domain comes last here.
  homeslice:domain: home.example.org
  homeslice:access:
    services:
      wiki:
        - family
  homeslice:version: ${CONFIG_VERSION}
`;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeslice-migrate-"));
  path = join(folder, "Pulumi.prod.yaml");
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const migrate = (options: object = {}) => migrateConfig({ stack: "prod", config: folder, ...options });
const written = () => readFileSync(path, "utf8");
const printed = () => vi.mocked(process.stdout.write).mock.calls.map(([text]) => String(text));

describe("settings of an earlier version", () => {
  beforeEach(() => writeFileSync(path, old));

  it("are brought up to date, with every comment and in their order, and load then", () => {
    migrate();
    expect(written()).toBe(current);
    expect(loadConfig("prod", parse(current).config).access.services).toEqual({ wiki: ["family"] });
    expect(readdirSync(folder)).toEqual(["Pulumi.prod.yaml"]);
  });

  it("stay as they are in a dry run, which shows the lines that would change", () => {
    migrate({ dryRun: true });
    expect(written()).toBe(old);
    expect(printed()).toEqual(lineDifference(old, current).map((line) => `${line}\n`));
    expect(printed()).toContain("-       groups: [ family ]\n");
  });

  it("are of the current version afterwards, so that there is nothing more to do", () => {
    migrate();
    migrate();
    expect(written()).toBe(current);
  });
});

it("settings that say that they are of an earlier version get the version of now, whatever is in them", () => {
  writeFileSync(path, "config:\n  homeslice:version: 1\n  homeslice:domain: home.example.org\n");
  migrate();
  expect(written()).toBe(`config:\n  homeslice:version: ${CONFIG_VERSION}\n  homeslice:domain: home.example.org\n`);
});

it("settings that are up to date are not touched", () => {
  const text = "config: { 'homeslice:domain':   home.example.org }\n";
  writeFileSync(path, text);
  migrate();
  expect(written()).toBe(text);
});

it("settings of a version to come are refused", () => {
  writeFileSync(path, "config:\n  homeslice:version: 9\n");
  expect(() => migrate()).toThrow(/of version 9, and this Homeslice knows versions up to/);
});

it("who may use a service stays as it was written: neither a role nor access that is there already is replaced", () => {
  const settings = {
    services: { wiki: { groups: ["family"], role: "viewer" } },
    access: { services: { wiki: ["x"] } },
  };
  expect(pendingEdits(settings, undefined)).toEqual([
    { path: ["services", "wiki", "groups"] },
    { path: ["version"], value: CONFIG_VERSION },
  ]);
});
