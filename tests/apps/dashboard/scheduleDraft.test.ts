import {
  emptySchedule,
  type ScheduleDraft,
  scheduleDraftOf,
  scheduleOf,
} from "@homeslice/dashboard/schedules/scheduleDraft.ts";
import { newBlackOut, timingOf } from "@homeslice/dashboard/schedules/timingDraft.ts";
import { NewSchedule, Timing } from "@homeslice/protocol/schedules.ts";
import { describe, expect, test } from "vitest";

const stored = NewSchedule.parse({
  name: "clean up",
  timing: {
    type: "cron",
    expression: "30 2 * * 1-5",
    time_zone: "Europe/Berlin",
    from: "2026-12-01T00:00:00.000Z",
    black_outs: [{ starts: "0 0 24 12 *", minutes: 4_320 }],
  },
  execution: {
    targets: { any_tags: ["web"], environments: ["prod"], filter: { status: "idle", hostname: "web-*" } },
    operation: { type: "shell_command", argv: ["/bin/echo", "two words"], environment_vars: { EMPTY: "" } },
    rollout: { parallelism: 2 },
    priority: 7,
  },
  jitter_seconds: 300,
});
const draft = (part: Partial<ScheduleDraft>) => ({ ...emptySchedule("UTC"), ...part });

describe("the fields of a schedule", () => {
  test("say the same schedule that they were filled from, also what none of them shows", () => {
    expect(NewSchedule.parse(scheduleOf(scheduleDraftOf(stored, {}), {}, stored))).toEqual(stored);
  });

  test("say again which workflow it starts with what, also when that is out of sight", () => {
    const { execution: _execution, ...rest } = stored;
    const starts = NewSchedule.parse({ ...rest, workflow: { workflow_id: crypto.randomUUID(), parameters: { a: 1 } } });
    expect(NewSchedule.parse(scheduleOf(scheduleDraftOf(starts, {}), {}, starts))).toEqual(starts);
  });

  test("take spaces around an expression and leave out limits that are empty", () => {
    const timing = timingOf(draft({ expression: " 0  5 * * * " }));
    expect(Timing.parse(timing)).toEqual({ type: "cron", expression: "0 5 * * *", time_zone: "UTC", black_outs: [] });
  });

  test.each([
    ["jitter", { jitter: "１０" }, "jitter_seconds"],
    ["black-out", { blackOuts: [newBlackOut("never", "1e3")] }, "timing.black_outs.0.minutes"],
    ["time", { type: "once" as const, at: "" }, "timing.at"],
    ["action", {}, "execution.action_template_id"],
    ["workflow", { starts: "workflow" as const }, "workflow.workflow_id"],
    ["server", {}, "execution.target_servers"],
  ])("leave a %s that means nothing to be refused at its place", (_what, part, path) => {
    const { error } = NewSchedule.safeParse(scheduleOf(draft({ name: "a", ...part }), {}));
    expect(error?.issues.map((issue) => issue.path.join("."))).toContain(path);
  });
});
