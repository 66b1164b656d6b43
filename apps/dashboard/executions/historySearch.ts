import { ExecutionSummary, type HistoryFilter, TargetState } from "@homeslice/protocol/executions.ts";
import { z } from "zod";
import { Day, dayEnd, dayStart } from "../ui/days.ts";

/** What the address of the history says; what it cannot mean is left out. */
export const HistorySearch = z.object({
  status: TargetState.optional().catch(undefined),
  type: ExecutionSummary.shape.execution_type.optional().catch(undefined),
  by: z.string().min(1).max(200).optional().catch(undefined),
  action: z.uuid().optional().catch(undefined),
  server: z.uuid().optional().catch(undefined),
  from: Day,
  to: Day,
});
export type HistorySearch = z.infer<typeof HistorySearch>;

/** The same as the API is asked for it. */
export function historyFilter(search: HistorySearch): z.input<typeof HistoryFilter> {
  const { status, type, by, action, server, from, to } = search;
  return {
    status,
    execution_type: type,
    initiated_by: by,
    action_template_id: action,
    server_id: server,
    created_after: from && dayStart(from),
    created_before: to && dayEnd(to),
  };
}
