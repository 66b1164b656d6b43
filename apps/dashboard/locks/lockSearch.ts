import { LockStatus, LockType } from "@homeslice/protocol/locks.ts";
import { z } from "zod";

/** What the address of the locks says: without a status those that stand; what it cannot mean is left out. */
export const LockSearch = z.object({
  status: LockStatus.optional().catch(undefined),
  type: LockType.optional().catch(undefined),
});
export type LockSearch = z.infer<typeof LockSearch>;
