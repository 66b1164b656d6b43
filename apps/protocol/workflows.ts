import { z } from "zod";
import { NewExecution } from "./executions.ts";
import { ExecutionId, Timestamp } from "./ids.ts";
import { ParameterDefinition, ParameterName, Parameters } from "./parameters.ts";
import { Search } from "./route.ts";

/** Identity of a workflow. */
export const WorkflowId = z.uuid().meta({ description: "Identity of a workflow" });
/** Identity of a run of a workflow. */
export const WorkflowRunId = z.uuid().meta({ description: "Identity of a run of a workflow" });

export const StepName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "use lower case letters, digits and underscores")
  .meta({ description: "Name of a step, unique in its workflow" });

/** A value that a step hands on, read when it has succeeded. */
export const StepOutput = z.strictObject({
  type: z.enum(["string", "integer", "number", "boolean", "list"]).meta({
    description: "list: what each server says, in their order. Any other: all servers have to say the same",
  }),
  from: z.enum(["line", "stdout", "exit_code", "value"]).default("line").meta({
    description:
      "line: what follows NAME= in the last such line of standard output; stdout: all of it, without the last line break; value: what a database query found",
  }),
  required: z.boolean().default(true).meta({ description: "Whether the step fails when there is no such value" }),
  description: z.string().max(1_000).default(""),
  validation: ParameterDefinition.shape.validation,
});
export type StepOutput = z.infer<typeof StepOutput>;

/** A step that waits for a person to decide. */
export const Gate = z.strictObject({
  message: z.string().min(1).max(1_000).meta({ description: "What is to be decided" }),
  role: z
    .enum(["operator", "approver", "admin"])
    .default("approver")
    .meta({ description: "The weakest role that may decide" }),
  by_others: z.boolean().default(true).meta({ description: "Nobody decides about a run that they started themselves" }),
  expires_after_seconds: z
    .int()
    .min(1)
    .max(30 * 86_400)
    .default(86_400)
    .meta({ description: "Seconds after which it is too late, and the step has failed" }),
});
export type Gate = z.infer<typeof Gate>;

/** One step of a workflow: it runs something on servers, or waits for a person. */
export const Step = z
  .strictObject({
    name: StepName,
    description: z.string().max(1_000).default(""),
    needs: z
      .array(StepName)
      .max(100)
      .default([])
      .meta({ description: "Steps that have to have ended before. Without any, it begins at once" }),
    when: z.enum(["succeeded", "failed", "always"]).default("succeeded").meta({
      description:
        "What the steps that it needs must have come to: all of them succeeded; one or more failed; whatever. Otherwise it is skipped",
    }),
    execution: NewExecution.optional().meta({
      description:
        "What is started. A parameter may be {{parameters.NAME}} of the workflow, or {{steps.STEP.OUTPUT}} of a step before; servers are chosen when the step begins",
    }),
    outputs: z.record(ParameterName, StepOutput).default({}),
    gate: Gate.optional(),
  })
  .refine(({ execution, gate }) => (execution === undefined) !== (gate === undefined), {
    path: ["execution"],
    message: "give either execution or gate",
  })
  .refine(({ gate, outputs }) => gate === undefined || Object.keys(outputs).length === 0, {
    path: ["outputs"],
    message: "a gate has no outputs",
  });
export type Step = z.infer<typeof Step>;

/** What creates a workflow. */
export const NewWorkflow = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).default(""),
  parameters: z
    .record(ParameterName, ParameterDefinition)
    .default({})
    .meta({ description: "What each run is given, for its steps" }),
  steps: z.array(Step).min(1).max(100),
});
export type NewWorkflow = z.infer<typeof NewWorkflow>;

export const Workflow = z.object({
  workflow_id: WorkflowId,
  ...NewWorkflow.shape,
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  metadata: z.object({ created_at: Timestamp, created_by: z.string(), updated_at: Timestamp }),
});
export type Workflow = z.infer<typeof Workflow>;

export const WorkflowFilter = z.strictObject({
  search: Search.optional().meta({ description: "Part of the name" }),
});

/** What starts a run: all else is as the workflow is at this moment, and stays so. */
export const NewWorkflowRun = z.strictObject({ parameters: Parameters.default({}) });
export type NewWorkflowRun = z.infer<typeof NewWorkflowRun>;

/** What a schedule starts instead of an execution. */
export const WorkflowStart = z.strictObject({ workflow_id: WorkflowId, ...NewWorkflowRun.shape });
export type WorkflowStart = z.infer<typeof WorkflowStart>;

/** `waiting`: nothing is under way but gates. */
export const RunState = z.enum(["running", "waiting", "succeeded", "failed", "cancelled"]);
export type RunState = z.infer<typeof RunState>;

/** Whether a run has ended; it may still be resumed. */
export function isFinalRun(state: RunState): state is Exclude<RunState, "running" | "waiting"> {
  return state !== "running" && state !== "waiting";
}

export const StepState = z.enum(["pending", "running", "waiting", "succeeded", "failed", "skipped", "cancelled"]);
export type StepState = z.infer<typeof StepState>;

/** A step of a run, as often as it was begun: a run that is resumed begins some of its steps again. */
export const StepRun = z.object({
  name: StepName,
  type: z.enum(["execution", "gate"]),
  state: StepState,
  attempt: z.int().meta({ description: "1 for the first; 0 before it" }),
  execution_id: ExecutionId.nullable(),
  outputs: Parameters,
  message: z
    .string()
    .nullable()
    .meta({ description: "Why it failed or was skipped; of a gate, what is to be decided" }),
  decision: z
    .object({ by: z.string(), reason: z.string() })
    .nullable()
    .meta({ description: "Of a gate: who decided, and why" }),
  started_at: Timestamp.nullable(),
  finished_at: Timestamp.nullable(),
  expires_at: Timestamp.nullable().meta({ description: "Of a gate: when it is too late" }),
});
export type StepRun = z.infer<typeof StepRun>;

/** A run as lists show it: without its steps. */
export const WorkflowRunSummary = z.object({
  run_id: WorkflowRunId,
  workflow_id: WorkflowId,
  workflow_name: z.string(),
  workflow_version: z.int().meta({ description: "The version that runs, whatever has changed since" }),
  state: RunState,
  cancelling: z.boolean().meta({ description: "Whether it is to be cancelled, and what runs has not ended yet" }),
  parameters: Parameters,
  initiated_by: z.string(),
  created_at: Timestamp,
  completed_at: Timestamp.nullable(),
});
export type WorkflowRunSummary = z.infer<typeof WorkflowRunSummary>;

export const WorkflowRun = z.object({
  ...WorkflowRunSummary.shape,
  steps: z.array(StepRun).meta({ description: "In the order of the workflow, each as it was begun last" }),
});
export type WorkflowRun = z.infer<typeof WorkflowRun>;

export const WorkflowRunFilter = z.strictObject({
  state: RunState.optional(),
  workflow_id: WorkflowId.optional(),
  initiated_by: Search.optional(),
});
