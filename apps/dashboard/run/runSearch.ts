import { ActionId, ServerId } from "@homeslice/protocol/ids.ts";
import { z } from "zod";

/** What the address of the run page chooses beforehand; what it cannot mean is left out. */
export const RunSearch = z.object({
  dry: z.boolean().optional().catch(undefined),
  action: ActionId.optional().catch(undefined),
  servers: z
    .string()
    .transform((ids) => ids.split(","))
    .pipe(z.array(ServerId))
    .transform((ids) => ids.join(","))
    .optional()
    .catch(undefined),
});
