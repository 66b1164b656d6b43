import { TargetState } from "@homeslice/protocol/executions.ts";
import { z } from "zod";

/** What the address of the history says; what it cannot mean is left out. */
export const HistorySearch = z.object({ status: TargetState.optional().catch(undefined) });
