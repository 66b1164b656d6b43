import { z } from "zod";
import { Timestamp } from "./ids.ts";

/** Highest priority; the lowest is 0. */
export const MAX_PRIORITY = 9;

/**
 * A place in the queue. One level is worth a minute of waiting: work of priority 9 overtakes what was queued with
 * priority 5 less than four minutes before it, and nothing overtakes for ever.
 */
export const Priority = z.int().min(0).max(MAX_PRIORITY);

export const QueueControl = z.strictObject({
  draining: z.boolean().meta({ description: "Whether no further work begins; what runs goes on to its end" }),
  reason: z.string().max(500).default(""),
});
export type QueueControl = z.infer<typeof QueueControl>;

/** The queue of a tenant, over all orchestrators. */
export const QueueStatus = z.object({
  version: z.int().meta({ description: "Grows with each time that it is controlled; also the ETag" }),
  draining: z.boolean(),
  reason: z.string(),
  changed_by: z.string().nullable(),
  changed_at: Timestamp.nullable(),
  queued: z.int().meta({ description: "Work that waits for a server, a lock or room" }),
  held: z.int().meta({ description: "Work that waits for its batch, its parallelism or its next attempt" }),
  open: z.int().meta({ description: "Work that an agent has, or may have" }),
  oldest_wait_seconds: z.number().nullable(),
});
export type QueueStatus = z.infer<typeof QueueStatus>;
