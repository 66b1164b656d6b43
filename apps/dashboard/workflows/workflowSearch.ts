import { RunState } from "@homeslice/protocol/workflows.ts";
import { z } from "zod";

/** What the address of the workflows says; what it cannot mean is left out. */
export const WorkflowSearch = z.object({
  tab: z.enum(["workflows", "runs"]).optional().catch(undefined),
  q: z.string().min(1).max(200).optional().catch(undefined),
  state: RunState.optional().catch(undefined),
});
export type WorkflowSearch = z.infer<typeof WorkflowSearch>;
