import type { Execution } from "@homeslice/protocol/executions.ts";
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client.ts";

/** The run before an execution: the one that it tries again, or else the last one of the same action; null if none. */
export const previousQuery = ({ execution_id, retry_of, action_template_id, timing }: Execution) =>
  queryOptions({
    queryKey: ["executions", execution_id, "previous"],
    queryFn: async (): Promise<Execution | null> => {
      const before = retry_of ?? (await lastOf(action_template_id, timing.created_at));
      if (before === undefined) return null;
      return await api.call("getExecution", { params: { execution_id: before }, query: { output: "none" } });
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

async function lastOf(action_template_id: string | null, created_before: string): Promise<string | undefined> {
  if (action_template_id === null) return undefined;
  const { items } = await api.call("listExecutions", { query: { action_template_id, created_before, limit: 1 } });
  return items[0]?.execution_id;
}
