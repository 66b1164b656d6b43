import type { Execution, TargetState } from "@homeslice/protocol";
import { expect, test } from "vitest";
import { outcomeOf } from "../../../../cli/local/run/outcome.ts";

const server_id = "00000000-0000-4000-8000-000000000001";

const detail = {
  server_id,
  attempt: 1,
  output: "",
  error_output: "",
  execution_time: 0,
  result: null,
  resource_usage: null,
};

function ended(status: TargetState, exit_code: number | null, error: string | null): Execution {
  const now = new Date(0).toISOString();
  return {
    execution_id: "00000000-0000-4000-8000-000000000002",
    batch_id: "00000000-0000-4000-8000-000000000002",
    retry_of: null,
    approval: null,
    priority: 5,
    initiated_by: "test",
    execution_type: "single",
    target_servers: [server_id],
    action_template_id: null,
    action_version: null,
    operation: { type: "shell_command", argv: ["true"] },
    parameters: {},
    timeout_seconds: 60,
    status: { overall: status, per_server: { [server_id]: { status, since: now, progress: 100 } } },
    timing: { created_at: now, started_at: now, estimated_completion: null, completed_at: now, duration_seconds: 0 },
    results: {
      success_count: 0,
      failure_count: 0,
      total_count: 1,
      details: [{ ...detail, status, exit_code, error }],
    },
    logs: { entries_count: 0, size_bytes: 0 },
  };
}

test.for([
  ["succeeded", 0, null, { exitCode: 0 }],
  ["failed", 42, null, { exitCode: 42 }],
  ["failed", 127, "no-such-program: not found", { exitCode: 127, message: "no-such-program: not found" }],
  ["failed", null, "not allowed", { exitCode: 126, message: "not allowed" }],
  ["timed_out", null, null, { exitCode: 124, message: "it was ended after 60 s, its time-out" }],
  ["cancelled", 143, null, { exitCode: 130, message: "it was cancelled" }],
  ["expired", null, "waited too long", { exitCode: 126, message: "it was never begun: waited too long" }],
  ["lost", null, "the host restarted", { exitCode: 125, message: "nobody knows how it ended: the host restarted" }],
] as const)("%s with exit code %s and error %j", ([status, exitCode, error, outcome]) => {
  expect(outcomeOf(ended(status, exitCode, error), server_id)).toEqual(outcome);
});
