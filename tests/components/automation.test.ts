import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plannedDefinitions } from "@homeslice/provider";
import type { Resource } from "@pulumi/pulumi";
import { afterAll, expect, test } from "vitest";
import { deploy, type Registered } from "./deploy.ts";

const directory = mkdtempSync(join(tmpdir(), "homeslice-automation-"));
afterAll(() => rmSync(directory, { recursive: true }));

const stack = (automation: object) =>
  deploy("dev", { "homeslice:domain": "example.org", "homeslice:automation": automation });

const namesOf = (resources: unknown): string[] =>
  (Array.isArray(resources) ? resources : []).map((each: Resource & { readonly __name?: string }) => each.__name ?? "");

const definitions = (resources: readonly Registered[]) =>
  resources.filter(({ type }) => type.startsWith("homeslice:automation:"));

test("each definition of the files is a resource, made when the orchestrator is there and after those that it names", async () => {
  writeFileSync(
    join(directory, "all.yaml"),
    `kind: Schedule
name: every night
spec:
  timing: { type: cron, expression: "30 2 * * *" }
  execution: { action: clean up, targets: { environments: [prod] } }
---
kind: Action
name: clean up
spec:
  operation: { type: shell_command, argv: [/usr/local/bin/clean-up] }
`,
  );
  const { resources } = await stack({ definitions: directory });
  const [action, schedule] = definitions(resources);
  expect(action).toMatchObject({ kind: "Action", inputs: { name: "clean up", category: "system" } });
  expect(schedule).toMatchObject({ kind: "Schedule", inputs: { name: "every night", catch_up: "latest" } });
  expect(namesOf(action?.options.dependsOn).join(" ")).toMatch(/^orchestrator/);
  expect(namesOf(schedule?.options.dependsOn)).toContain("automation-Action-clean up");
});

test("they are reached through the cluster, or at an address, with the secret of the installation", async () => {
  const connection = async (automation: object) => {
    const { resources } = await stack({ definitions: directory, ...automation });
    return JSON.stringify(resources.find(({ name }) => name === "automation-orchestrator")?.inputs);
  };
  expect(await connection({})).toMatch(/namespace.*homeslice-dev.*service.*orchestrator.*8080/);
  expect(await connection({ address: "https://orchestrator.example.org" })).toContain(
    "https://orchestrator.example.org",
  );
});

test("without files nothing is asked of the orchestrator, and a mistake in one ends the run before it begins", async () => {
  expect(definitions((await stack({})).resources)).toEqual([]);
  writeFileSync(join(directory, "wrong.yaml"), "kind: Action\nname: nothing\nspec: {}\n");
  expect(() => plannedDefinitions(directory)).toThrow(/wrong\.yaml:1: Action "nothing": spec\.operation/);
});
