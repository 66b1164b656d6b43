import { z } from "zod";

/** What the address of the schedules says; what it cannot mean is left out. */
export const ScheduleSearch = z.object({
  q: z.string().min(1).max(200).optional().catch(undefined),
  paused: z.enum(["true", "false"]).optional().catch(undefined),
});
export type ScheduleSearch = z.infer<typeof ScheduleSearch>;
