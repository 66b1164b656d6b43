import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Definition, type Definitions, OrchestratorConnection } from "@homeslice/provider";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startInstallation } from "../apps/orchestrator/harness.ts";
import { createStack, type TestStack } from "../standins/stack.ts";

const { installation, url, client } = await startInstallation();
const directory = mkdtempSync(join(tmpdir(), "homeslice-definitions-"));
afterAll(() => rmSync(directory, { recursive: true }));
let stack: TestStack;
beforeAll(async () => {
  stack = await createStack(directory);
});

const operation = { type: "shell_command" as const, argv: ["/usr/local/bin/clean-up"] satisfies [string] };
const nightly = {
  timing: { type: "cron" as const, expression: "30 2 * * *" },
  execution: { action: "clean up", targets: { environments: ["prod" as const] } },
} satisfies NonNullable<Definitions["Schedule"]>[string];

/** A program with an action and what it is told of its schedule, if it has one. */
const program =
  (schedule: (typeof nightly & { readonly overlap?: "allow" }) | undefined, description = ""): PulumiFn =>
  async () => {
    const key = installation.secret.toString();
    const provider = new OrchestratorConnection("orchestrator", { url, key, subject: "stack dev" });
    const action = new Definition("Action", "clean-up", { name: "clean up", operation, description }, { provider });
    const options = { provider, dependsOn: [action] };
    if (schedule) new Definition("Schedule", "nightly", { name: "every night", ...schedule }, options);
  };

async function up(next: PulumiFn, refresh = false) {
  stack.use(next);
  return (await stack.stack.up({ refresh })).summary.resourceChanges;
}

const actions = async () => (await client.call("listActions", { query: {} })).items;
const schedules = async () => (await client.call("listSchedules", { query: {} })).items;

test("a preview shows what would be defined, and defines nothing", async () => {
  stack.use(program(nightly));
  const { changeSummary } = await stack.stack.preview();
  expect(changeSummary).toMatchObject({ create: 4 });
  expect(await actions()).toEqual([]);
});

test("the stack carries its automation: made in order, the same the second time, and in the name of the stack", async () => {
  expect(await up(program(nightly))).toMatchObject({ create: 4 });
  const [schedule] = await schedules();
  const [action] = await actions();
  expect(schedule?.execution?.action_template_id).toBe(action?.action_id);
  expect(schedule?.metadata.owner).toBe("stack dev");
  expect(await up(program(nightly))).toEqual({ same: 4 });
});

test("what somebody changed by the API is found by a refresh, and put right", async () => {
  const [found] = await schedules();
  if (found === undefined) throw new Error("there is no schedule");
  const { schedule_id, version, metadata: _, next_fire: _next, last_fire: _last, ...body } = found;
  await client.call("updateSchedule", { params: { schedule_id }, body: { ...body, paused: true }, version });
  expect(await up(program(nightly), true)).toMatchObject({ update: 1 });
  expect((await schedules())[0]).toMatchObject({ schedule_id, paused: false });
});

test("a change is one of the same definition, and what left the program is deleted", async () => {
  const [before] = await actions();
  expect(await up(program(undefined, "tidies up"))).toMatchObject({ update: 1, delete: 1 });
  expect((await actions())[0]).toMatchObject({ action_id: before?.action_id, description: "tidies up", version: 2 });
  expect(await schedules()).toEqual([]);
});

test("a mistake is named with its place before anything is changed", async () => {
  stack.use(program({ ...nightly, timing: { type: "cron", expression: "at night" } }, "another"));
  await expect(stack.stack.up()).rejects.toThrow(/timing\.expression.*use five fields/s);
  expect(await schedules()).toEqual([]);
});

test("what is there already is not taken over unasked, and nothing is left when the stack goes", async () => {
  const { action_id } = (await actions())[0] ?? { action_id: "" };
  const body = { name: "every night", timing: nightly.timing };
  const execution = { action_template_id: action_id, targets: { environments: ["prod" as const] } };
  await client.call("createSchedule", { body: { ...body, execution } });
  stack.use(program(nightly, "tidies up"));
  await expect(stack.stack.up()).rejects.toThrow(/Schedule "every night".*exists already/s);
  await stack.stack.destroy();
  expect(await actions()).toEqual([]);
  expect(await schedules()).toHaveLength(1);
  expect(stack.state()).not.toContain(installation.secret.toString());
});
