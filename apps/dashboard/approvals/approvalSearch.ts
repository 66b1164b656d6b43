import { ApprovalStatus } from "@homeslice/protocol/approvals.ts";
import { ExecutionId } from "@homeslice/protocol/ids.ts";
import { z } from "zod";

/** What the address of the approvals says: without a status those that wait; what it cannot mean is left out. */
export const ApprovalSearch = z.object({
  tab: z.enum(["approvals", "rules"]).optional().catch(undefined),
  status: ApprovalStatus.optional().catch(undefined),
  /** The one alone. */
  execution: ExecutionId.optional().catch(undefined),
});
export type ApprovalSearch = z.infer<typeof ApprovalSearch>;
