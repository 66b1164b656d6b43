import { needsCount, rulesFor } from "@homeslice/dashboard/run/risk.ts";
import { plannedOf, runOf } from "@homeslice/dashboard/run/runDraft.ts";
import { RunSearch } from "@homeslice/dashboard/run/runSearch.ts";
import { emptyTiming } from "@homeslice/dashboard/schedules/timingDraft.ts";
import { noStart } from "@homeslice/dashboard/starts/startDraft.ts";
import { noTargets } from "@homeslice/dashboard/starts/targetDraft.ts";
import { ApprovalRule } from "@homeslice/protocol/approvals.ts";
import { ExecutionPreview } from "@homeslice/protocol/executions.ts";
import { NewSchedule } from "@homeslice/protocol/schedules.ts";
import { describe, expect, test } from "vitest";

const command = { type: "shell_command", argv: ["reboot"] };
const look = { type: "file_validation", path: "/etc/passwd" };
const previewOn = (operation: object, ...environments: string[]) => {
  const target = { hostname: "a", status: "idle", batch: 0 };
  const targets = environments.map((environment) => ({ ...target, environment, server_id: crypto.randomUUID() }));
  return ExecutionPreview.parse({ operation, targets, excluded: [], batches: 1 });
};

test.each([
  ["a command on one server of development", command, ["dev"], false, false],
  ["a command on two servers", command, ["dev", "dev"], false, true],
  ["a command in production", command, ["prod"], false, true],
  ["a dry run in production", command, ["prod", "prod"], true, false],
  ["a look at files of production", look, ["prod", "prod"], false, false],
  [
    "a query that may write",
    { type: "database_query", connection: "db", query: "x", read_only: false },
    ["prod"],
    false,
    true,
  ],
  ["a query that reads", { type: "database_query", connection: "db", query: "x" }, ["prod"], false, false],
])("whether the number of servers is asked for: %s", (_what, operation, environments, dryRun, asked) => {
  expect(needsCount(previewOn(operation, ...environments), { dryRun })).toBe(asked);
  expect(needsCount(previewOn(operation, ...environments), { dryRun, actionType: "validation" })).toBe(false);
});

describe("rules of approval", () => {
  const time = "2026-11-21T00:00:00.000Z";
  const metadata = { created_at: time, created_by: "ada", updated_at: time };
  const action = { action_id: crypto.randomUUID(), action_type: "maintenance" as const };
  const { targets } = previewOn(command, "dev", "prod");
  const applies = (rule: object, of: typeof action | undefined = action) =>
    rulesFor(
      [ApprovalRule.parse({ rule_id: crypto.randomUUID(), name: "r", ...rule, version: 1, metadata })],
      of,
      targets,
    ).length === 1;

  test("apply to what fits everything that they say, and to nothing else", () => {
    expect(applies({})).toBe(true);
    expect(applies({ environments: ["prod"] })).toBe(true);
    expect(applies({ environments: ["uat"] })).toBe(false);
    expect(applies({ min_targets: 3 })).toBe(false);
    expect(applies({ action_types: ["maintenance"], action_template_ids: [action.action_id] })).toBe(true);
    expect(applies({ action_types: ["validation"] })).toBe(false);
    expect(applies({ action_template_ids: [crypto.randomUUID()] })).toBe(false);
    expect(rulesFor([], undefined, targets)).toEqual([]);
  });
});

const draft = {
  start: { ...noStart, kind: "command" as const, command: "uname -a\n", targets: { ...noTargets, tags: "web, eu" } },
  parallelism: "",
  batchSize: "25%",
  stopAfter: "2",
  timeout: "１０",
  dryRun: true,
};

test("U14: what is left empty is left to its default, and what is no number is sent as it is, to be refused at its field", () => {
  expect(runOf(draft, undefined)).toEqual({
    operation: { type: "shell_command", argv: ["uname", "-a"] },
    target_servers: [],
    targets: { tags: ["web", "eu"] },
    dry_run: true,
    timeout_seconds: "１０",
    rollout: { batch_size: "25%", stop_after_failures: 2 },
  });
});

test("what does not begin now becomes a schedule of exactly the same, and nothing else does", () => {
  const timing = { ...emptyTiming("UTC"), at: "2026-12-24T18:00", expression: "0 4 * * *" };
  const later = { ...draft, timeout: "10", name: " tidy up ", timing };
  expect(plannedOf({ ...later, begins: "now" }, undefined)).toBeUndefined();
  const once = plannedOf({ ...later, begins: "once" }, undefined);
  const at = new Date("2026-12-24T18:00").toISOString();
  expect(once).toEqual({ name: "tidy up", timing: { type: "once", at }, execution: runOf(later, undefined) });
  const cron = NewSchedule.parse(plannedOf({ ...later, begins: "cron" }, undefined));
  expect(cron).toMatchObject({ timing: { expression: "0 4 * * *", time_zone: "UTC" }, execution: { dry_run: true } });
  const unsaid = NewSchedule.safeParse(
    plannedOf({ ...later, begins: "once", name: "", timing: emptyTiming() }, undefined),
  );
  expect(unsaid.error?.issues.map(({ path }) => path.join("."))).toEqual(["name", "timing.at"]);
});

test("U10: an address that means nothing chooses nothing", () => {
  expect(RunSearch.parse({ action: "__proto__", servers: "a,b" })).toEqual({});
  const [one, two] = [crypto.randomUUID(), crypto.randomUUID()];
  expect(RunSearch.parse({ servers: `${one},${two}` })).toEqual({ servers: `${one},${two}` });
});
