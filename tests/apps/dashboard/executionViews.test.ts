import { compare } from "@homeslice/dashboard/executions/compare.ts";
import { barOf } from "@homeslice/dashboard/executions/timeline.ts";
import { bytes } from "@homeslice/dashboard/ui/bytes.ts";
import { duration, since } from "@homeslice/dashboard/ui/time.ts";
import { Execution, type ResultDetail, type TargetState } from "@homeslice/protocol/executions.ts";
import { describe, expect, test } from "vitest";

const BEGAN = Date.parse("2026-11-21T00:00:00.000Z");
const after = (seconds: number) => new Date(BEGAN + seconds * 1_000).toISOString();

interface Done {
  readonly status: TargetState;
  readonly exit?: number;
  readonly since?: number;
  readonly took?: number;
}

/** An execution that began at the beginning, by what its servers did. */
function execution(servers: Readonly<Record<string, Done>>, ended?: number): Execution {
  const ids = Object.keys(servers);
  const details = Object.entries(servers).map(([server_id, { status, exit = null, took = null }]): ResultDetail => {
    const nothing = { output: "", error_output: "", error: null, result: null, resource_usage: null };
    return { server_id, status, attempt: 1, exit_code: exit, execution_time: took, ...nothing };
  });
  return Execution.parse({
    execution_id: crypto.randomUUID(),
    batch_id: crypto.randomUUID(),
    retry_of: null,
    approval: null,
    initiated_by: "ada",
    execution_type: "bulk",
    priority: 5,
    action_template_id: null,
    action_version: null,
    operation: { type: "shell_command", argv: ["true"] },
    parameters: {},
    timeout_seconds: 60,
    target_servers: ids,
    status: {
      overall: ended === undefined ? "running" : "succeeded",
      per_server: Object.fromEntries(
        Object.entries(servers).map(([id, { status, since = 0 }]) => [
          id,
          { status, since: after(since), progress: 0 },
        ]),
      ),
    },
    timing: {
      created_at: after(0),
      started_at: after(0),
      estimated_completion: null,
      completed_at: ended === undefined ? null : after(ended),
      duration_seconds: ended ?? null,
    },
    results: { success_count: 0, failure_count: 0, total_count: ids.length, details },
    logs: { entries_count: 0, size_bytes: 0 },
  });
}

const id = (number: number) => `0190a1b2-0000-7000-8000-00000000000${number}`;

describe("when a server was at work", () => {
  const bar = (run: Execution, now = 10) =>
    run.results.details.map((detail) => barOf(run, detail, BEGAN + now * 1_000));

  test("is a part of the whole time, up to now as long as it goes on", () => {
    const ended = execution({ [id(1)]: { status: "succeeded", since: 8, took: 3 } }, 10);
    expect(bar(ended)).toEqual([{ from: 0.5, to: 0.8, fromSeconds: 5, toSeconds: 8 }]);
    const going = execution({ [id(1)]: { status: "running", since: 4 } });
    expect(bar(going, 8)).toEqual([{ from: 0.5, to: 1, fromSeconds: 4, toSeconds: 8 }]);
  });

  test("is nothing for a server that waits, or that never began; clocks that disagree leave it within", () => {
    expect(bar(execution({ [id(1)]: { status: "queued" }, [id(2)]: { status: "cancelled" } }))).toEqual([
      undefined,
      undefined,
    ]);
    expect(bar(execution({ [id(1)]: { status: "succeeded", since: 12, took: 90 } }, 10))).toMatchObject([
      { from: 0, to: 1 },
    ]);
  });
});

test("two runs side by side say of each server whether it came out differently, those first", () => {
  const failed = { status: "failed", exit: 1 } as const;
  const good = { status: "succeeded", exit: 0 } as const;
  const before = execution({ [id(1)]: good, [id(2)]: failed, [id(3)]: good, [id(4)]: failed, [id(5)]: good });
  const now = execution({
    [id(1)]: good,
    [id(2)]: good,
    [id(3)]: failed,
    [id(4)]: { ...failed, exit: 2 },
    [id(6)]: good,
  });
  expect(compare(now, before).map(({ serverId, change }) => [serverId, change])).toEqual([
    [id(2), "mended"],
    [id(3), "broken"],
    [id(4), "different"],
    [id(6), "new"],
    [id(5), "gone"],
    [id(1), "same"],
  ]);
});

test("what has happened is never in the future, whatever the clock of the page says", () => {
  const now = Date.parse("2026-11-21T12:00:00.000Z");
  expect(since("2026-11-21T11:59:50.000Z", now, "en")).toBe("10 seconds ago");
  expect(since("2026-11-21T12:00:03.000Z", now, "en")).toBe("now");
});

test.each([
  [0.44, "0.4 s"],
  [59.7, "1 min"],
  [185, "3 min 5 s"],
  [900, "15 min"],
  [7_200, "2 h"],
  [7_800, "2 h 10 min"],
])("%d seconds are %j", (seconds, text) => expect(duration(seconds)).toBe(text));

test.each([
  [0, "0 byte"],
  [999, "999 byte"],
  [1_500_000, "1.5 MB"],
  [2e15, "2,000 TB"],
  [null, ""],
])("%s bytes are %j", (count, text) => expect(bytes(count, "en")).toBe(text));
