import { z } from "zod";
import { everything } from "../client.ts";
import { NewSchedule } from "../schedules.ts";
import { NewWorkflowRun } from "../workflows.ts";
import { fromExecution, PortableExecution, toExecution } from "./execution.ts";
import { kindOf } from "./kind.ts";
import type { Names } from "./session.ts";

const { name: _name, execution: _execution, workflow: _workflow, ...shape } = NewSchedule.shape;

const Spec = z
  .strictObject({
    ...shape,
    execution: PortableExecution.optional(),
    workflow: z.strictObject({ name: z.string().min(1), ...NewWorkflowRun.shape }).optional(),
  })
  .refine(({ execution, workflow }) => (execution === undefined) !== (workflow === undefined), {
    path: ["execution"],
    message: "give either execution or workflow",
  });
type Spec = z.output<typeof Spec>;

/** Schedules: they name the action or the workflow that they start. */
export const schedule = kindOf({
  schema: Spec,
  references: ({ execution, workflow }) => [
    ...(execution?.action === undefined ? [] : [{ kind: "Action" as const, name: execution.action }]),
    ...(workflow === undefined ? [] : [{ kind: "Workflow" as const, name: workflow.name }]),
  ],
  list: async ({ client, names }) =>
    (await everything((query) => client.call("listSchedules", { query }))).map(
      ({ schedule_id: id, name, version, metadata: _, next_fire: _next, last_fire: _last, ...stored }) => ({
        id,
        name,
        version,
        spec: fromSchedule(stored, names),
      }),
    ),
  create: async ({ client, names }, { name, ...spec }) =>
    (await client.call("createSchedule", { body: { name, ...toSchedule(spec, names) } })).schedule_id,
  update: async ({ client, names }, { id, version }, { name, ...spec }) => {
    const body = { name, ...toSchedule(spec, names) };
    await client.call("updateSchedule", { params: { schedule_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteSchedule", { params: { schedule_id: id }, version });
  },
});

function toSchedule({ execution, workflow, ...rest }: Spec, names: Names) {
  if (workflow === undefined)
    return execution === undefined ? rest : { ...rest, execution: toExecution(execution, names) };
  const { name, parameters } = workflow;
  return { ...rest, workflow: { workflow_id: names.idOf("Workflow", name), parameters } };
}

function fromSchedule({ execution, workflow, ...rest }: Omit<NewSchedule, "name">, names: Names): Spec {
  if (workflow === undefined)
    return execution === undefined ? rest : { ...rest, execution: fromExecution(execution, names) };
  const { workflow_id, parameters } = workflow;
  return { ...rest, workflow: { name: names.nameOf("Workflow", workflow_id), parameters } };
}
