import type { Action } from "@homeslice/protocol/actions.ts";
import type { NewSchedule } from "@homeslice/protocol/schedules.ts";
import type { Workflow } from "@homeslice/protocol/workflows.ts";
import { titleOf } from "../executions/title.ts";
import { actionOf } from "./actionsQuery.ts";
import { workflowOf } from "./workflowsQuery.ts";

/** What there is to start, as far as it is known. */
interface Startable {
  readonly actions: readonly Action[] | undefined;
  readonly workflows?: readonly Workflow[] | undefined;
}

/** What is started, in one line: the name of its action or its workflow, or its command. */
export function startTitle(
  { execution, workflow }: Pick<NewSchedule, "execution" | "workflow">,
  { actions, workflows }: Startable,
): string {
  if (execution === undefined) {
    return workflowOf(workflows, workflow?.workflow_id)?.name ?? workflow?.workflow_id ?? "";
  }
  const { operation, action_template_id } = execution;
  if (operation !== undefined) return titleOf({ operation });
  return actionOf(actions, action_template_id)?.name ?? action_template_id ?? "";
}
