import type { NewExecution } from "@homeslice/protocol/executions.ts";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";

/** Exactly what an execution would run, and where. */
export const previewQuery = (body: NewExecution | undefined) =>
  queryOptions({
    queryKey: ["executionPreview", body],
    queryFn: () => (body === undefined ? null : api.call("previewExecution", { body })),
    enabled: body !== undefined,
    retry: false,
    refetchInterval: 10_000,
  });

/** The rules by which executions need approval. */
export const approvalRulesQuery = queryOptions({
  queryKey: ["approvalRules", "all"],
  queryFn: async () => (await api.call("listApprovalRules", { query: { limit: 1_000 } })).items,
  staleTime: 30_000,
});
