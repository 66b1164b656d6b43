import type { Action } from "@homeslice/protocol/actions.ts";
import type { NewExecution } from "@homeslice/protocol/executions.ts";
import { titleOf } from "../executions/title.ts";

/** What is started, in one line: the name of its action, or its command. */
export function startTitle({ operation, action_template_id }: NewExecution, action: Action | undefined): string {
  return operation === undefined ? (action?.name ?? action_template_id ?? "") : titleOf({ operation });
}
