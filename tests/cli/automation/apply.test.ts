import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { apply, describe as describePlan, exportDefinitions } from "@homeslice/cli/automation/apply.ts";
import { UserError } from "@homeslice/config/errors.ts";
import { createClient } from "@homeslice/protocol";
import { kindNames } from "@homeslice/protocol/definitions/kinds.ts";
import { afterEach, describe, expect, test } from "vitest";
import { startInstallation } from "../../apps/orchestrator/harness.ts";
import { examplesIn } from "../../support/documentation.ts";

const { installation, url, client } = await startInstallation();

const directories: string[] = [];

afterEach(async () => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
  await installation.query(
    `delete from workflows; delete from schedules; delete from approval_rules; delete from notification_rules;
     delete from hooks; delete from notification_channels; delete from secrets; delete from report_schedules;
     delete from role_bindings;     update actions set deleted_at = now()`,
  );
});

function directoryOf(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), "homeslice-definitions-"));
  directories.push(directory);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

const action = `kind: Action
name: clean up
spec:
  operation: { type: shell_command, argv: [/usr/local/bin/clean-up, "{{path}}"] }
  parameters:
    path: { type: string, validation: { format: absolute_path } }
`;

const schedule = `kind: Schedule
name: every night
spec:
  timing: { type: cron, expression: "30 2 * * *", time_zone: Europe/Berlin }
  execution:
    action: clean up
    parameters: { path: /var/tmp }
    targets: { environments: [prod] }
`;

const rule = `kind: ApprovalRule
name: four eyes
spec:
  actions: [clean up]
  environments: [prod]
`;

const workflow = `kind: Workflow
name: two steps
spec:
  parameters:
    path: { type: string }
  steps:
    - name: first
      execution:
        action: clean up
        parameters: { path: "{{parameters.path}}" }
        targets: { environments: [prod] }
    - name: ask
      needs: [first]
      gate: { message: Is all well? }
`;

const everything = { "actions.yaml": action, "more/rest.yml": `${schedule}---\n${rule}`, "workflows.yaml": workflow };

async function run(files: Record<string, string>, more: { dryRun?: boolean; prune?: boolean } = {}) {
  return await apply(client, { directory: directoryOf(files), dryRun: false, prune: false, ...more });
}

const refusal = async (promise: Promise<unknown>) =>
  await promise.then(
    () => "done",
    (error: unknown) => (error instanceof UserError ? error.message : error),
  );

describe("apply", () => {
  test("makes what the files say, in an order in which it works, and finds nothing to do the second time", async () => {
    const planned = await run(everything, { dryRun: true });
    expect(describePlan(planned)).toBe(
      '+ Action "clean up"\n+ ApprovalRule "four eyes"\n+ Workflow "two steps"\n+ Schedule "every night"\n' +
        "4 to create, 0 to change, 0 to delete, 0 as they are. Nothing was changed.\n",
    );
    expect((await client.call("listActions", { query: {} })).items).toEqual([]);
    await run(everything);
    const [made] = (await client.call("listSchedules", { query: {} })).items;
    const [of] = (await client.call("listActions", { query: {} })).items;
    expect(made?.execution).toMatchObject({ action_template_id: of?.action_id, parameters: { path: "/var/tmp" } });
    expect(describePlan(await run(everything))).toBe("0 created, 0 changed, 0 deleted, 4 as they were.\n");
  });

  test("shows what differs, changes that alone, and deletes what no file names when it is told to", async () => {
    await run(everything);
    const changed = {
      "all.yaml": `${action}---\n${workflow.replace("all well", "it so")}---\n${schedule.replace("30 2", "45 3")}  jitter_seconds: 60\n`,
    };
    expect(describePlan(await run(changed, { dryRun: true, prune: true }))).toBe(
      '~ Workflow "two steps"\n    steps[1].gate.message: "Is all well?" → "Is it so?"\n' +
        '~ Schedule "every night"\n    jitter_seconds: 0 → 60\n' +
        '    timing.expression: "30 2 * * *" → "45 3 * * *"\n' +
        '- ApprovalRule "four eyes"\n' +
        "0 to create, 2 to change, 1 to delete, 1 as they are. Nothing was changed.\n",
    );
    await run(changed);
    expect((await client.call("listApprovalRules", { query: {} })).items).toHaveLength(1);
    await run(changed, { prune: true });
    expect((await client.call("listApprovalRules", { query: {} })).items).toEqual([]);
    expect((await client.call("listSchedules", { query: {} })).items[0]).toMatchObject({
      version: 2,
      jitter_seconds: 60,
    });
  });

  test("takes what export writes, and finds nothing to do", async () => {
    const target = { type: "email" as const, to: ["ops@example.com"] };
    const { channel_id } = await client.call("createChannel", { body: { name: "operations", target } });
    await client.call("createNotificationRule", { body: { name: "tell us", channel_ids: [channel_id] } });
    await client.call("createRoleBinding", { body: { name: "night-shift", role: "operator" } });
    await run(everything);
    const exported = await exportDefinitions(client);
    const again = await run({ "exported.yaml": exported }, { prune: true });
    expect(describePlan(again)).toBe("0 created, 0 changed, 0 deleted, 7 as they were.\n");
    // Another environment has other ids.
    const other = await installation.client(url, "admin", "other");
    const directory = directoryOf({ "exported.yaml": exported });
    const dryRun = { directory, dryRun: true, prune: false };
    await apply(other, { ...dryRun, dryRun: false });
    expect((await apply(other, dryRun)).steps.every((step) => step.action === "same")).toBe(true);
    expect((await other.call("listRoleBindings")).items).toMatchObject([{ name: "night-shift", role: "operator" }]);
  });

  test("gives groups their roles, shows what would change, and takes away what no file gives", async () => {
    const binding = "kind: RoleBinding\nname: night-shift\nspec: { role: operator }\n";
    await run({ "roles.yaml": binding });
    const stronger = { "roles.yaml": binding.replace("operator", "approver") };
    expect(describePlan(await run(stronger, { dryRun: true }))).toBe(
      '~ RoleBinding "night-shift"\n    role: "operator" → "approver"\n' +
        "0 to create, 1 to change, 0 to delete, 0 as they are. Nothing was changed.\n",
    );
    await run(stronger);
    expect((await client.call("listRoleBindings")).items).toMatchObject([{ role: "approver", version: 2 }]);
    await run({ "actions.yaml": action }, { prune: true });
    expect((await client.call("listRoleBindings")).items).toEqual([]);
  });

  test("takes every kind that the page about definitions shows, and what export writes of them changes nothing", async () => {
    const [example = ""] = examplesIn("definitions.md", "yaml");
    const made = await run({ "all.yaml": example });
    expect(new Set(made.steps.map(({ kind }) => kind))).toEqual(new Set(kindNames));
    expect(made.steps.every(({ action: what }) => what === "create")).toBe(true);
    const exported = await exportDefinitions(client);
    for (const files of [{ "all.yaml": example }, { "exported.yaml": exported }]) {
      const again = await run(files, { prune: true });
      expect(new Set(again.steps.map(({ kind, action: what }) => `${kind} ${what}`))).toEqual(
        new Set(kindNames.map((kind) => `${kind} same`)),
      );
    }
  });

  test("neither writes nor takes what is secret, and leaves it as it is", async () => {
    const secret = `whsec_${"A".repeat(32)}`;
    await run({ "a.yaml": action });
    const [of] = (await client.call("listActions", { query: {} })).items;
    const held = { name: "held", source: "webhook" as const, secret, action_template_id: of?.action_id ?? "" };
    await client.call("createHook", { body: held });
    const target = { type: "webhook" as const, url: "https://example.com/t0ken", secret };
    await client.call("createChannel", { body: { name: "signed", target } });
    await client.call("createSecret", {
      body: { name: "kept", description: "before", source: { type: "value", value: "s3cret" } },
    });
    const exported = await exportDefinitions(client);
    for (const text of [secret, "t0ken", "s3cret"]) expect(exported).not.toContain(text);
    expect((await run({ "a.yaml": exported }, { prune: true })).steps.every((step) => step.action === "same")).toBe(
      true,
    );
    const changed = exported.replace("description: before", "description: after");
    expect((await run({ "a.yaml": changed })).steps.filter((step) => step.action === "update")).toHaveLength(1);
    // Elsewhere, there is nothing that could stay.
    const other = await installation.client(url, "admin", "elsewhere");
    const elsewhere = { directory: directoryOf({ "a.yaml": exported }), dryRun: false, prune: false };
    expect(await refusal(apply(other, elsewhere))).toContain('Secret "kept": the secret has no value');
    for (const [text, message] of [
      ["kind: Secret\nname: x\nspec: { source: { type: value, value: hidden } }\n", "spec.source.value: belongs in no"],
      [
        "kind: Channel\nname: x\nspec: { target: { type: slack, url: https://example.com } }\n",
        "target.url: is secret",
      ],
      [`kind: Hook\nname: x\nspec: { source: webhook, action: x, secret: ${secret} }\n`, "spec.secret: Invalid input"],
      [
        "kind: Channel\nname: x\nspec: { target: { type: slack, url: { secret_name: nowhere } } }\n",
        'there is no secret named "nowhere"',
      ],
    ] as const) {
      expect(await refusal(run({ "a.yaml": text }))).toContain(message);
    }
  });

  test("looks only at the kinds that files name: a token that may not see roles applies actions", async () => {
    const reading = ["actions:read", "notifications:read", "secrets:read", "workflows:read"] as const;
    const body = { name: "narrow", role: "admin" as const, permissions: [...reading, "actions:write" as const] };
    const { token } = await client.call("createApiToken", { body });
    const narrowed = createClient({ url, token });
    const options = { directory: directoryOf({ "a.yaml": action }), dryRun: false, prune: false };
    expect((await apply(narrowed, options)).steps).toMatchObject([{ action: "create" }]);
    await expect(apply(narrowed, { ...options, prune: true })).rejects.toThrow("permission");
  });

  test("says what the API refuses, and how far it came", async () => {
    const broken = schedule.replace("30 2 * * *", "0 0 30 2 *");
    expect(await refusal(run({ "all.yaml": `${action}---\n${broken}` }))).toMatch(
      /Schedule "every night": the schedule cannot work; body\.timing: it would never be due[\s\S]*1 of the changes before it were made/,
    );
  });
});

describe("a file", () => {
  const mistakes: [string, string, string][] = [
    [
      "with a field that does not exist",
      rule.replace("actions", "action"),
      '1: ApprovalRule "four eyes": spec: Unrecognized key: "action"',
    ],
    ["with an unknown kind", "kind: Robot\nname: x\nspec: {}\n", "1: kind: Invalid option"],
    ["S55: with a key twice", "kind: Action\nkind: Action\n", "2: Map keys must be unique"],
    ["S55: with a tag", "kind: Action\nname: !!js/function 'x'\nspec: {}\n", "2: Unresolved tag"],
    ["S55: that grows out of itself", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "1: Alias resolution is disabled"],
    ["S55: with a merge key", "<<: { kind: Action }\nname: x\nspec: {}\n", "1: kind: Invalid option"],
    [
      "with servers by their ids",
      schedule.replace("targets: { environments: [prod] }", "target_servers: [a]"),
      "spec.execution.target_servers: choose servers by what they are",
    ],
    [
      "with a mistake deep inside",
      schedule.replace("environments: [prod]", "environments: [moon]"),
      "spec.execution.targets.environments.0: Invalid option",
    ],
    [
      "with a step that is neither",
      `${action}---\n${workflow.replace("gate: { message: Is all well? }", "outputs: {}")}`,
      "spec.steps.1.execution: give either execution or gate",
    ],
    ["that names an action which is nowhere", schedule, 'there is no action named "clean up"'],
    ["that says the same thing twice", `${action}---\n${action}`, '8: Action "clean up" is there already, at a.yaml:1'],
  ];

  test.each(mistakes)("%s is refused with its place, and nothing is changed", async (_, text, message) => {
    expect(await refusal(run({ "a.yaml": text }))).toContain(message);
    expect((await client.call("listActions", { query: {} })).items).toEqual([]);
  });

  test("or a directory that is not there is named", async () => {
    const missing = { directory: "/nowhere/at/all", dryRun: false, prune: false };
    expect(await refusal(apply(client, missing))).toContain("/nowhere/at/all cannot be read");
    expect(await refusal(run({ "readme.txt": "nothing" }))).toContain("there is no definition in");
  });
});
