import type { Workflow } from "@homeslice/protocol/workflows.ts";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";

/** Workflows to choose from: the first thousand by name. */
export const workflowChoiceQuery = queryOptions({
  queryKey: ["workflows", "choice"],
  queryFn: async () => (await api.call("listWorkflows", { query: { sort: "name", limit: 1_000 } })).items,
  staleTime: 30_000,
});

/** The workflow of an id; one that was deleted is none. */
export function workflowOf(workflows: readonly Workflow[] | undefined, workflowId: string | undefined) {
  return workflows?.find(({ workflow_id }) => workflow_id === workflowId);
}
