import { drawnSteps, readText, textOf } from "@homeslice/dashboard/workflows/workflowText.ts";
import { NewWorkflow } from "@homeslice/protocol/workflows.ts";
import { expect, test } from "vitest";

const workflow = NewWorkflow.parse({
  name: "release",
  parameters: { version: { type: "string" } },
  steps: [
    {
      name: "build",
      execution: {
        targets: { tags: ["builder"] },
        operation: { type: "shell_command", argv: ["/bin/build", ""], environment_vars: { EMPTY: "" } },
        parameters: { version: "{{parameters.version}}" },
        rollout: { batch_size: "25%" },
      },
    },
    { name: "ask", needs: ["build"], gate: { message: "Go on?", role: "admin" } },
  ],
});

test("the text of a workflow says all of it, and nothing that goes without saying", () => {
  const text = textOf(workflow);
  expect(NewWorkflow.parse(readText(text).value)).toEqual(workflow);
  expect(text).not.toMatch(/queue_expires_seconds|by_others|"needs": \[\]/);
});

test("a text that cannot be read says why, and what is half written is drawn as far as that goes", () => {
  expect(readText("{").fault).toMatch(/JSON/);
  expect(
    drawnSteps({
      steps: [
        { name: "a", needs: "b" },
        { name: "b", gate: {} },
      ],
    }),
  ).toEqual([
    { name: "a", needs: [], kind: "execution" },
    { name: "b", needs: [], kind: "gate" },
  ]);
  expect(drawnSteps({ steps: [{}] })).toEqual([]);
});
