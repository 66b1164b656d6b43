import { z } from "zod";
import { TenantId } from "./access.ts";

const MaxRunning = z.int().min(1).max(1_000_000).nullable();
const version = z.int().meta({ description: "Grows with each change, 0 before the first; also the ETag" });

/** How much work may run at once on all servers of all tenants. */
export const TotalLimits = z.object({
  max_running: MaxRunning.meta({
    description: "The smaller of what was set and `HOMESLICE_MAX_RUNNING`; null is no limit",
  }),
  running: z.int().meta({ description: "Work that an agent has, or may have" }),
  version,
});
export type TotalLimits = z.infer<typeof TotalLimits>;

/** How much of one tenant's work may run, and wait. */
export const TenantLimits = z.object({
  tenant: TenantId,
  max_running: MaxRunning.meta({ description: "What is beyond it waits in the queue; null is no limit" }),
  running: z.int().meta({ description: "Work that an agent has, or may have" }),
  max_queued: MaxRunning.meta({ description: "A start beyond it is refused; null is no limit" }),
  queued: z.int().meta({ description: "Work that waits, for whatever reason" }),
  version,
});
export type TenantLimits = z.infer<typeof TenantLimits>;

/** The limits that hold for a caller. That of a server is in its `configuration`. */
export const LimitsOverview = z.object({
  tenant: TenantLimits,
  total: TotalLimits.nullable().meta({ description: "Shown to the people of the default tenant" }),
});

export const NewTotalLimits = z.strictObject({ max_running: MaxRunning.default(null) });
export type NewTotalLimits = z.infer<typeof NewTotalLimits>;

export const NewTenantLimits = z.strictObject({
  max_running: MaxRunning.default(null),
  max_queued: MaxRunning.default(null),
});
export type NewTenantLimits = z.infer<typeof NewTenantLimits>;
