import {
  emptyStep,
  type WorkflowDraft,
  withChange,
  withoutStep,
  withStep,
  workflowDraftOf,
  workflowOf,
} from "@homeslice/dashboard/workflows/workflowDraft.ts";
import { Action } from "@homeslice/protocol/actions.ts";
import { NewWorkflow } from "@homeslice/protocol/workflows.ts";
import { expect, test } from "vitest";

const at = "2026-11-21T00:00:00.000Z";
const action = Action.parse({
  action_id: crypto.randomUUID(),
  name: "build",
  operation: { type: "shell_command", argv: ["/bin/build", "{{version}}"] },
  parameters: { version: { type: "string" }, clean: { type: "boolean", default: false } },
  version: 1,
  metadata: { created_at: at, created_by: "ada", updated_at: at, usage_count: 0 },
});
const workflow = NewWorkflow.parse({
  name: "release",
  parameters: { version: { type: "string" }, clean: { type: "boolean" } },
  steps: [
    {
      name: "build",
      description: "builds it",
      execution: {
        targets: { any_tags: ["builder"], environments: ["dev"] },
        action_template_id: action.action_id,
        parameters: { version: "{{parameters.version}}", clean: "{{parameters.clean}}" },
        rollout: { batch_size: "25%" },
      },
      outputs: { digest: { type: "string" } },
    },
    { name: "ask", needs: ["build"], gate: { message: "Go on?", role: "admin", by_others: false } },
    {
      name: "undo",
      needs: ["ask"],
      when: "failed",
      execution: {
        operation: { type: "service_health", probe: { kind: "tcp", host: "h", port: 1 } },
        targets: { tags: ["a"] },
      },
    },
  ],
});
const draft = workflowDraftOf(workflow, [action]);
const keyOf = (name: string) => draft.steps.find((step) => step.name === name)?.key ?? "";
const needsOf = ({ steps }: WorkflowDraft) => steps.map(({ name, needs }) => `${name}: ${needs.join(" ")}`);

test("the fields of a workflow say it again, also what none of them shows", () => {
  expect(NewWorkflow.parse(workflowOf(draft, [action]))).toEqual(workflow);
});

test("who needs a step follows its new name, and no longer needs it when it is gone", () => {
  const renamed = withChange(draft, keyOf("build"), { name: "compile" });
  expect(needsOf(renamed)).toEqual(["compile: ", "ask: compile", "undo: ask"]);
  expect(needsOf(withoutStep(renamed, keyOf("ask")))).toEqual(["compile: ", "undo: "]);
});

test("a step that is added comes after the last one, under a name that is free", () => {
  const first = { name: "", description: "", steps: [emptyStep("step_2")] };
  expect(needsOf(withStep(withStep(first)))).toEqual(["step_2: ", "step_1: step_2", "step_3: step_1"]);
});

test("a step becomes a gate, and what it ran is not sent with it", () => {
  const gate = withChange(draft, keyOf("build"), { kind: "gate", message: "Really?" });
  const [step] = NewWorkflow.parse(workflowOf(gate, [action])).steps;
  expect(step).toMatchObject({ name: "build", gate: { message: "Really?", role: "approver" } });
  expect(step?.execution).toBeUndefined();
});
