import { ActionId, ServerId } from "@homeslice/protocol/ids.ts";
import { z } from "zod";
import { ServerSearch } from "../servers/serverFilter.ts";

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
  /** All servers that the table of the servers shows at this address. */
  shown: ServerSearch.optional().catch(undefined),
});
export type RunSearch = z.infer<typeof RunSearch>;
