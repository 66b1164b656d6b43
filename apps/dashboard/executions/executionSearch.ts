import { ServerId } from "@homeslice/protocol/ids.ts";
import { z } from "zod";
import { LineName } from "../logs/lineName.ts";

/** What the address of an execution says: the view, whose output, and the line that it names. */
export const ExecutionSearch = z.object({
  tab: z.enum(["output", "servers", "comparison"]).optional().catch(undefined),
  server: ServerId.optional().catch(undefined),
  line: LineName.optional().catch(undefined),
});
export type ExecutionSearch = z.infer<typeof ExecutionSearch>;
