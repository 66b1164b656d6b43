import { z } from "zod";
import { Day } from "../ui/days.ts";

/** What the address of the reports says; what it cannot mean is left out. */
export const ReportSearch = z.object({ from: Day, to: Day });
export type ReportSearch = z.infer<typeof ReportSearch>;
