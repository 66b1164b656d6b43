/**
 * The link between an agent and the orchestrator: JSON text frames over one WebSocket that the agent opens at
 * `/ws/agent`. The orchestrator speaks first (`challenge`), the agent proves its key (`hello`), the orchestrator
 * answers `welcome`; only then do work and results flow. A frame that does not fit its schema closes the link.
 */
import { z } from "zod";
import { ExecutionId, ServerId, Timestamp } from "./ids.ts";
import { Operation, OperationResult } from "./operations/index.ts";
import { MAX_TIMEOUT_SECONDS } from "./policy.ts";
import { HostStatus } from "./servers.ts";

export const LINK_PATH = "/ws/agent";
/** Version of this catalogue. Within one version, fields are only added. */
export const LINK_VERSION = 1;
/**
 * The versions that this side speaks. Each side names its own in its first frame (`challenge`, `hello`), which is always
 * one of version 1; a side that names none speaks version 1.
 */
export const LINK_VERSIONS: readonly number[] = [LINK_VERSION];

/** The newest version that both sides speak; undefined when there is none. */
export function commonVersion(theirs: readonly number[] = [1], ours = LINK_VERSIONS): number | undefined {
  return ours.filter((version) => theirs.includes(version)).sort((a, b) => b - a)[0];
}

/** Largest frame either side takes, in bytes. */
export const MAX_FRAME_BYTES = 1_048_576;

const version = { v: z.literal(LINK_VERSION) };

/** NUL cannot be stored; agents send U+FFFD for it. */
const WithoutNul = z.string().regex(/^[^\0]*$/, "must not contain a NUL character");

/** Which attempt a message is about. The fence grows with each attempt; a message with a lower one is stale. */
export const Attempt = z.object({ execution_id: ExecutionId, fence: z.int().positive() });
export type Attempt = z.infer<typeof Attempt>;

/** The work that the orchestrator signs: bound to one agent, one execution, one fence, and a time until it must start. */
export const Job = z.object({
  ...Attempt.shape,
  server_id: ServerId,
  operation: Operation,
  timeout_seconds: z.int().min(1).max(MAX_TIMEOUT_SECONDS),
  first_seq: z.int().positive().meta({ description: "Sequence number of the first line of output" }),
  not_after: Timestamp.meta({ description: "An agent refuses to accept the job after this time" }),
});
export type Job = z.infer<typeof Job>;

/** A job exactly as signed: `signature` is Ed25519 over the UTF-8 bytes of `payload`, a `Job` as JSON. */
export const SignedJob = z.object({ payload: z.string(), signature: z.string() });
export type SignedJob = z.infer<typeof SignedJob>;

/** What comes with a job that asks for secrets of the orchestrator: signed for the same attempt, and never written down. */
export const JobSecrets = z.object({
  ...Attempt.shape,
  server_id: ServerId,
  secrets: z.record(z.string(), z.string()),
});
export type JobSecrets = z.infer<typeof JobSecrets>;

/** How an attempt ended, as the agent saw it. `lost`: the process is gone and left no exit status (host restarted). */
export const Outcome = z.enum(["exited", "timed_out", "cancelled", "refused", "lost"]);
export type Outcome = z.infer<typeof Outcome>;

/** What the processes of an attempt used; null where the server does not let it be measured. */
export const ResourceUsage = z.object({
  cpu_seconds: z.number().nonnegative().nullable(),
  max_memory_bytes: z.number().nonnegative().nullable(),
  read_bytes: z.number().nonnegative().nullable().meta({ description: "Read from disks" }),
  write_bytes: z.number().nonnegative().nullable().meta({ description: "Written to disks" }),
});
export type ResourceUsage = z.infer<typeof ResourceUsage>;

export const Finish = z.object({
  ...Attempt.shape,
  outcome: Outcome,
  exit_code: z.int().min(0).max(255).nullable().meta({ description: "As a shell reports it: 128 + n for signal n" }),
  error: WithoutNul.max(4_096).nullable().meta({ description: "Why it was refused or lost, in words" }),
  last_seq: z.int().nonnegative().meta({ description: "Sequence number of the last line; 0 when there is none" }),
  duration_seconds: z.number().nonnegative().nullable(),
  result: OperationResult.optional(),
  usage: ResourceUsage.optional(),
});
export type Finish = z.infer<typeof Finish>;

export const OutputLine = z.object({
  seq: z.int().positive(),
  stream: z.enum(["stdout", "stderr"]),
  text: WithoutNul,
  at: Timestamp,
});
export type OutputLine = z.infer<typeof OutputLine>;

/** What the agent's journal holds of an attempt that the orchestrator has not settled yet. */
export const HeldAttempt = z.object({ ...Attempt.shape, state: z.enum(["accepted", "running", "finished"]) });
export type HeldAttempt = z.infer<typeof HeldAttempt>;

const AgentDescription = z.object({
  version: z.string(),
  hostname: z.string(),
  os_info: z.string(),
  capabilities: z.array(z.string()),
  max_concurrent_jobs: z.int().positive(),
});
export type AgentDescription = z.infer<typeof AgentDescription>;

/** From the agent. */
export const AgentMessage = z.discriminatedUnion("type", [
  z.object({
    ...version,
    type: z.literal("hello"),
    versions: z.array(z.int()).optional(),
    server_id: ServerId,
    signature: z.string().meta({ description: "Ed25519, base64url, over `helloBytes(nonce, server_id)`" }),
    agent: AgentDescription,
    status: HostStatus,
    held: z.array(HeldAttempt),
  }),
  z.object({ ...version, type: z.literal("heartbeat"), status: HostStatus }),
  z.object({ ...version, type: z.literal("accepted"), ...Attempt.shape }),
  z.object({ ...version, type: z.literal("started"), ...Attempt.shape, started_at: Timestamp }),
  z.object({ ...version, type: z.literal("output"), ...Attempt.shape, lines: z.array(OutputLine).min(1).max(5_000) }),
  z.object({ ...version, type: z.literal("finished"), ...Finish.shape }),
]);
export type AgentMessage = z.infer<typeof AgentMessage>;

/** From the orchestrator. */
export const OrchestratorMessage = z.discriminatedUnion("type", [
  z.object({ ...version, type: z.literal("challenge"), versions: z.array(z.int()).optional(), nonce: z.string() }),
  z.object({
    ...version,
    type: z.literal("welcome"),
    heartbeat_seconds: z.number().positive(),
    /** The last line of each held attempt that is stored: the agent sends what comes after. */
    stored: z.array(z.object({ ...Attempt.shape, seq: z.int().nonnegative() })),
    /** Held attempts that the orchestrator has settled already: the agent forgets them. */
    settled: z.array(Attempt),
  }),
  z.object({
    ...version,
    type: z.literal("run"),
    job: SignedJob,
    /** `payload` is a `JobSecrets` as JSON. */
    secrets: SignedJob.optional(),
  }),
  z.object({ ...version, type: z.literal("cancel"), ...Attempt.shape }),
  /** Every line up to `seq` is stored durably. */
  z.object({ ...version, type: z.literal("stored"), ...Attempt.shape, seq: z.int().nonnegative() }),
  /** The end of the attempt is stored durably: the agent deletes its journal. */
  z.object({ ...version, type: z.literal("settled"), ...Attempt.shape }),
]);
export type OrchestratorMessage = z.infer<typeof OrchestratorMessage>;

/** What an agent signs to prove its identity: the domain keeps the signature from being of use anywhere else. */
export function helloBytes(nonce: string, serverId: string): Buffer {
  return Buffer.from(`homeslice agent hello\n${nonce}\n${serverId}`);
}

/** Where an agent registers its key, by POST. */
export const ENROLMENT_PATH = "/api/v1/agents/enrol";

/** What it sends there, once. */
export const Enrolment = z.strictObject({
  token: z.string().min(1).max(512),
  public_key: z.string().max(200).meta({ description: "Ed25519 public key: SPKI, DER, base64url" }),
  hostname: z.string().min(1).max(253),
});

export const Enrolled = z.object({
  server_id: ServerId,
  orchestrator_key: z.string().meta({ description: "Ed25519 public key that signs jobs: SPKI, DER, base64url" }),
});
export type Enrolled = z.infer<typeof Enrolled>;
