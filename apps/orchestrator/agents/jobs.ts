import type { KeyObject } from "node:crypto";
import { type Job, type SignedJob, signBytes } from "@homeslice/protocol";
import type { DispatchRow } from "../executions/claim.ts";

/** Signs the job of an attempt: whoever holds it can run exactly this, on this server, until `notAfter`. */
export function signJob(row: DispatchRow, key: KeyObject, notAfter: Date): SignedJob {
  const job: Job = {
    execution_id: row.execution_id,
    fence: row.fence,
    server_id: row.server_id,
    operation: row.operation,
    timeout_seconds: row.timeout_seconds,
    first_seq: row.last_seq + 1,
    not_after: notAfter.toISOString(),
  };
  const payload = JSON.stringify(job);
  return { payload, signature: signBytes(Buffer.from(payload), key) };
}
