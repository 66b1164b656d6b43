import type { RunState } from "@homeslice/protocol/workflows.ts";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";

export const workflowsQuery = (search: string | undefined) =>
  pagesQuery(["workflows", { search }], (place) =>
    api.call("listWorkflows", { query: { sort: "name", ...(search && { search }), ...place } }),
  );

export const workflowQuery = (workflow_id: string) =>
  queryOptions({
    queryKey: ["workflow", workflow_id],
    queryFn: () => api.call("getWorkflow", { params: { workflow_id } }),
  });

/** Runs, newest first: of one workflow, or of all. */
export const runsQuery = (filter: { state?: RunState; workflow_id?: string }) =>
  pagesQuery(["workflow-runs", filter], (place) =>
    api.call("listWorkflowRuns", { query: { limit: 50, ...filter, ...place } }),
  );

export const runQuery = (run_id: string) =>
  queryOptions({
    queryKey: ["workflow-run", run_id],
    queryFn: () => api.call("getWorkflowRun", { params: { run_id } }),
  });

/** Every beginning of a step of a run, as many as there are by now. */
export const stepsQuery = (run_id: string, begun: number) =>
  queryOptions({
    queryKey: ["workflow-run", run_id, "steps", begun],
    queryFn: async () => (await api.call("listWorkflowSteps", { params: { run_id }, query: { limit: 1_000 } })).items,
    placeholderData: keepPreviousData,
  });
