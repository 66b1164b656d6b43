import { z } from "zod";
import { everything } from "../client.ts";
import { NewWorkflow, Step } from "../workflows.ts";
import { fromExecution, PortableExecution, toExecution } from "./execution.ts";
import { kindOf } from "./kind.ts";
import type { Names } from "./session.ts";

const { name: _workflow, steps: _steps, ...workflowShape } = NewWorkflow.shape;

const PortableStep = z
  .strictObject({ ...Step.shape, execution: PortableExecution.optional() })
  .refine(({ execution, gate }) => (execution === undefined) !== (gate === undefined), {
    path: ["execution"],
    message: "give either execution or gate",
  });
type PortableStep = z.output<typeof PortableStep>;

/** Workflows: their steps name actions by their names, and servers by what they are. */
export const workflow = kindOf({
  schema: z.strictObject({ ...workflowShape, steps: z.array(PortableStep).min(1).max(100) }),
  references: ({ steps }) =>
    steps.flatMap(({ execution }) =>
      execution?.action === undefined ? [] : [{ kind: "Action" as const, name: execution.action }],
    ),
  list: async ({ client, names }) =>
    (await everything((query) => client.call("listWorkflows", { query }))).map(
      ({ workflow_id, name, version, metadata: _, steps, ...spec }) => ({
        ...{ id: workflow_id, name, version },
        spec: { ...spec, steps: steps.map((step) => fromStep(step, names)) },
      }),
    ),
  create: async ({ client, names }, { steps, ...rest }) => {
    const body = { ...rest, steps: steps.map((step) => toStep(step, names)) };
    return (await client.call("createWorkflow", { body })).workflow_id;
  },
  update: async ({ client, names }, { id, version }, { steps, ...rest }) => {
    const body = { ...rest, steps: steps.map((step) => toStep(step, names)) };
    await client.call("updateWorkflow", { params: { workflow_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteWorkflow", { params: { workflow_id: id }, version });
  },
});

function toStep({ execution, ...step }: PortableStep, names: Names): z.input<typeof Step> {
  return execution === undefined ? step : { ...step, execution: toExecution(execution, names) };
}

function fromStep({ execution, ...step }: Step, names: Names): PortableStep {
  return execution === undefined ? step : { ...step, execution: fromExecution(execution, names) };
}
