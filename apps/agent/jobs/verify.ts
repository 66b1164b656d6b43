import type { KeyObject } from "node:crypto";
import { Attempt, Job, type SignedJob } from "@homeslice/protocol/link.ts";
import { verifyBytes } from "@homeslice/protocol/signing.ts";

export type Verified =
  | { readonly ok: true; readonly job: Job }
  /** `attempt` is there when the orchestrator is to be told; without it, whoever wrote the job is not to be trusted. */
  | { readonly ok: false; readonly reason: string; readonly attempt?: Attempt };

export interface Trust {
  /** The key of the orchestrator, pinned at enrolment. */
  readonly orchestratorKey: KeyObject;
  readonly serverId: string;
}

/** Checks that a job was signed by the orchestrator, for this server, and is still wanted; in this order. */
export function verifyJob(signed: SignedJob, trust: Trust, now: Date): Verified {
  if (!verifyBytes(Buffer.from(signed.payload), signed.signature, trust.orchestratorKey)) {
    return { ok: false, reason: "the signature of the job is not that of the orchestrator" };
  }
  const payload: unknown = JSON.parse(signed.payload);
  const parsed = Job.safeParse(payload);
  if (!parsed.success) {
    const attempt = Attempt.safeParse(payload);
    const reason = `this agent does not understand the job: ${parsed.error.issues.map((i) => i.message).join("; ")}`;
    return { ok: false, reason, ...(attempt.success ? { attempt: attempt.data } : {}) };
  }
  const job = parsed.data;
  if (job.server_id !== trust.serverId) return { ok: false, reason: `the job is for server ${job.server_id}` };
  if (Date.parse(job.not_after) < now.getTime()) {
    const clock = `by the clock of this server, it is ${now.toISOString()}`;
    const reason = `the job arrived after ${job.not_after}, when it had to be started: ${clock}`;
    return { ok: false, reason, attempt: job };
  }
  return { ok: true, job };
}
