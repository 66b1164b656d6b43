import { z } from "zod";
import { ExecutionId, ServerId, Timestamp } from "./ids.ts";
import { Search } from "./route.ts";

/** Identity of a lock. */
export const LockId = z.uuid().meta({ description: "Identity of a lock" });

/**
 * `execution` keeps out other work that takes it. `maintenance` keeps out everything but actions of the type
 * maintenance. `emergency` keeps out everything.
 */
export const LockType = z.enum(["execution", "maintenance", "emergency"]);
export type LockType = z.infer<typeof LockType>;

export const LockStatus = z.enum(["active", "released", "expired", "force_released"]);
export type LockStatus = z.infer<typeof LockStatus>;

/** Longest that a lock may be taken or extended for at once: one day. */
export const MAX_LOCK_SECONDS = 86_400;
const Reason = z.string().min(1).max(500);

export const Lock = z.object({
  lock_id: LockId,
  server_id: ServerId,
  lock_type: LockType,
  status: LockStatus,
  fence: z
    .int()
    .meta({ description: "Grows with each lock: whoever guards a resource refuses a lower one than it has seen" }),
  locked_by: z.object({
    process: z.string().nullable().meta({ description: "What works under the lock, as its holder calls it" }),
    execution_id: ExecutionId.nullable(),
    user: z.string(),
  }),
  lock_metadata: z.object({
    reason: z.string(),
    priority: z.int(),
    estimated_duration_minutes: z.int().nullable(),
  }),
  timing: z.object({
    acquired_at: Timestamp,
    expires_at: Timestamp,
    max_extension_count: z.int(),
    current_extensions: z.int(),
    ended_at: Timestamp.nullable(),
  }),
  ended: z.object({ by: z.string(), reason: z.string() }).nullable(),
});
export type Lock = z.infer<typeof Lock>;

export const NewLock = z.strictObject({
  server_id: ServerId,
  lock_type: LockType,
  reason: Reason,
  process: z.string().min(1).max(200).optional(),
  priority: z.int().min(0).max(9).default(5),
  estimated_duration_minutes: z.int().min(1).max(1_440).optional(),
  ttl_seconds: z.int().min(1).max(MAX_LOCK_SECONDS).default(3_600).meta({
    description: "Seconds after which the lock ends by itself",
  }),
  max_extension_count: z.int().min(0).max(100).default(3),
});
export type NewLock = z.infer<typeof NewLock>;

export const LockExtension = z.strictObject({
  ttl_seconds: z.int().min(1).max(MAX_LOCK_SECONDS).default(3_600).meta({ description: "Seconds from now" }),
});

export const LockRelease = z.strictObject({ reason: Reason });

export const LockFilter = z.strictObject({
  server_id: ServerId.optional(),
  lock_type: LockType.optional(),
  status: LockStatus.optional(),
  locked_by: Search.optional().meta({ description: "The user who took it" }),
  execution_id: ExecutionId.optional(),
});
