import { z } from "zod";
import { ServerId, Timestamp } from "./ids.ts";
import { MAX_TIMEOUT_SECONDS } from "./policy.ts";
import { Search } from "./route.ts";

export const Environment = z.enum(["dev", "staging", "uat", "preprod", "prod"]);

/** A tag or a group. */
export const Label = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/, "use 1 to 63 letters, digits, dots, underscores or dashes");

/** What an agent measures of its host and sends with each heartbeat. */
export const HostStatus = z.object({
  uptime_seconds: z.number().nonnegative(),
  load_average: z.tuple([z.number(), z.number(), z.number()]),
  memory_usage_percent: z.number().min(0).max(100),
  disk_usage_percent: z.number().min(0).max(100),
  cpu_usage_percent: z.number().min(0).max(100).optional(),
  disk_read_bytes_per_second: z.number().nonnegative().optional(),
  disk_write_bytes_per_second: z.number().nonnegative().optional(),
});
export type HostStatus = z.infer<typeof HostStatus>;

export const ServerState = z.enum(["idle", "busy", "maintenance", "unreachable", "error"]).meta({
  description:
    "unreachable: no agent is connected. maintenance: a lock keeps work out. error: the circuit breaker is open. " +
    "Otherwise busy with open work, or idle",
});
export type ServerState = z.infer<typeof ServerState>;

/**
 * The circuit breaker of a server: closed lets work through; open holds it back after repeated failures of the
 * infrastructure (lost, refused, cut off), never for an exit code; half_open lets one execution through to see.
 */
export const Breaker = z.object({
  state: z.enum(["closed", "open", "half_open"]),
  mode: z.enum(["auto", "closed", "open"]).meta({ description: "auto, or what an operator holds it in" }),
  failures: z.int().meta({ description: "Failures of the infrastructure since the last success" }),
  retry_at: Timestamp.nullable().meta({ description: "When an open breaker lets one execution through to see" }),
});
export type Breaker = z.infer<typeof Breaker>;

export const BreakerOverride = z.strictObject({
  mode: Breaker.shape.mode,
  reason: z.string().min(1).max(500),
});
export type BreakerOverride = z.infer<typeof BreakerOverride>;

export const Server = z.object({
  server_id: ServerId,
  hostname: z.string(),
  ip_address: z.string().nullable(),
  environment: Environment,
  server_group: z.string().nullable(),
  tags: z.array(z.string()),
  capabilities: z.array(z.string()).meta({ description: "Operations that the agent offers" }),
  version: z.int().meta({ description: "Grows with each change by people; also the ETag" }),
  configuration: z.object({
    agent_version: z.string().nullable(),
    os_info: z.string().nullable(),
    max_concurrent_jobs: z
      .int()
      .nullable()
      .meta({ description: "Work at once: as much as its agent takes, or `job_limit` where that is less" }),
    job_limit: z.int().nullable(),
    timeout_default: z.int().nullable(),
  }),
  credentials: z.object({
    key_fingerprint: z.string().nullable().meta({ description: "SHA-256 of the agent's public key, in hex" }),
    last_rotation: Timestamp.nullable(),
  }),
  status: z.object({ current: ServerState, last_heartbeat: Timestamp.nullable(), ...HostStatus.partial().shape }),
  breaker: Breaker,
  metadata: z.object({
    created_at: Timestamp,
    created_by: z.string(),
    updated_at: Timestamp,
    last_successful_execution: Timestamp.nullable(),
  }),
});
export type Server = z.infer<typeof Server>;

const Hostname = z.string().regex(/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/, "use a host name");

/** What registers a server; its agent then enrols with the token that the answer carries. */
export const NewServer = z.strictObject({
  hostname: Hostname,
  environment: Environment.default("dev"),
  server_group: Label.nullable().default(null),
  tags: z.array(Label).max(64).default([]),
  job_limit: z
    .int()
    .min(1)
    .max(1_000)
    .nullable()
    .default(null)
    .meta({ description: "Work at once, at most; null is as much as its agent takes" }),
  timeout_default: z.int().min(1).max(MAX_TIMEOUT_SECONDS).nullable().default(null).meta({
    description: "Time-out in seconds of operations without a template that say none; of several servers the longest",
  }),
});
export type NewServer = z.infer<typeof NewServer>;

export const RegisteredServer = z.object({
  server: Server,
  enrolment_token: z.string().meta({ description: "Shown once; lets one agent register its key" }),
  enrolment_expires_at: Timestamp,
});

const HEX = "[0-9a-fA-F]";
const UUID = `${HEX}{8}(-${HEX}{4}){3}-${HEX}{12}`;

export const ServerFilter = z.strictObject({
  server_ids: z
    .string()
    .regex(new RegExp(`^${UUID}(,${UUID}){0,99}$`), "use at most 100 ids, with commas between them")
    .optional()
    .meta({ description: "Servers with one of these ids: at most 100, with commas between them" }),
  status: ServerState.optional(),
  environment: Environment.optional(),
  server_group: Label.optional(),
  tag: Label.optional(),
  hostname: Hostname.optional(),
  search: Search.optional().meta({ description: "Text that is in the host name, the address, the group or a tag" }),
  capability: Search.optional(),
  agent_version: Search.optional(),
  seen_after: Timestamp.optional().meta({ description: "The last heartbeat came at this time or later" }),
  seen_before: Timestamp.optional().meta({ description: "The last heartbeat came before this time, or none ever" }),
});

export const ServerHealth = z.object({
  server_id: ServerId,
  healthy: z.boolean(),
  status: Server.shape.status,
  running_executions: z.int(),
});
