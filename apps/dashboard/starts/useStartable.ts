import type { Action } from "@homeslice/protocol/actions.ts";
import type { Workflow } from "@homeslice/protocol/workflows.ts";
import { useQuery } from "@tanstack/react-query";
import { actionChoiceQuery } from "./actionsQuery.ts";
import { workflowChoiceQuery } from "./workflowsQuery.ts";

/** What a schedule or a hook can start. */
export interface Startable {
  readonly actions: readonly Action[];
  readonly workflows: readonly Workflow[];
}

/** Undefined until it is known; nothing where it cannot be. */
export function useStartable(): Startable | undefined {
  const actions = useQuery(actionChoiceQuery);
  const workflows = useQuery(workflowChoiceQuery);
  if (actions.isPending || workflows.isPending) return undefined;
  return { actions: actions.data ?? [], workflows: workflows.data ?? [] };
}
