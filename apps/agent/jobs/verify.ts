import type { KeyObject } from "node:crypto";
import { Attempt, Job, JobSecrets, type SignedJob } from "@homeslice/protocol/link.ts";
import { verifyBytes } from "@homeslice/protocol/signing.ts";
import { givenSecrets } from "../operations/shellCommand/secrets.ts";
import type { Work } from "./work.ts";

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

type Given = { readonly ok: true; readonly secrets: Work["secrets"] } | { readonly ok: false; readonly reason: string };

/** Checks that the secrets which a job asks for came with it, from the orchestrator, for this very attempt. */
export function verifySecrets(signed: SignedJob | undefined, job: Job, { orchestratorKey }: Trust): Given {
  const wanted = givenSecrets(job.operation);
  if (wanted.length === 0) return { ok: true, secrets: new Map() };
  if (signed === undefined) return { ok: false, reason: "the job came without the secrets that it asks for" };
  if (!verifyBytes(Buffer.from(signed.payload), signed.signature, orchestratorKey)) {
    return { ok: false, reason: "the signature of the secrets is not that of the orchestrator" };
  }
  const given = JobSecrets.safeParse(JSON.parse(signed.payload));
  if (!given.success || !isFor(given.data, job)) return { ok: false, reason: "the secrets are for another job" };
  const { secrets } = given.data;
  const missing = wanted.filter((name) => !Object.hasOwn(secrets, name));
  if (missing.length > 0) return { ok: false, reason: `the job came without its secret ${missing.join(", ")}` };
  return { ok: true, secrets: new Map(wanted.map((name) => [name, secrets[name] ?? ""])) };
}

function isFor(secrets: JobSecrets, job: Job): boolean {
  const { execution_id, fence, server_id } = job;
  return secrets.execution_id === execution_id && secrets.fence === fence && secrets.server_id === server_id;
}
