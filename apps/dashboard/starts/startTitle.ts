import type { Action } from "@homeslice/protocol/actions.ts";
import type { NewSchedule } from "@homeslice/protocol/schedules.ts";
import { titleOf } from "../executions/title.ts";

/** What is started, in one line: the name of its action, its command, or its workflow. */
export function startTitle(
  { execution, workflow }: Pick<NewSchedule, "execution" | "workflow">,
  action: Action | undefined,
): string {
  if (execution === undefined) return workflow?.workflow_id ?? "";
  const { operation, action_template_id } = execution;
  return operation === undefined ? (action?.name ?? action_template_id ?? "") : titleOf({ operation });
}
