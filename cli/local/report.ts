import { z } from "zod";
import { SupervisorRecord } from "./state.ts";

/** What a supervisor in the background tells the one who started it. */
export const Report = z.union([
  z.object({ record: SupervisorRecord, notice: z.string().optional() }),
  z.object({
    complaint: z.object({
      code: z.string(),
      what: z.string(),
      where: z.string().exactOptional(),
      fix: z.string().exactOptional(),
    }),
  }),
]);
export type Report = z.infer<typeof Report>;
