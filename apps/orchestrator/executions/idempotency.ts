import { createHash } from "node:crypto";
import { ApiError } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";

/** A start that can be repeated safely: who asks, under which key, for what. */
export interface RepeatableStart {
  readonly subject: string;
  readonly key: string;
  readonly request: object;
}

/** The execution of a start: a new one, whose row is still to be written, or that of an earlier request. */
export interface Claim {
  readonly executionId: string;
  readonly isNew: boolean;
}

/**
 * Claims the key of a start. Of several at the same time, one gets it; the others wait for its transaction.
 * @throws ApiError idempotency_key_reused when the key was used for another request
 */
export async function claimKey(transaction: Connection, { subject, key, request }: RepeatableStart): Promise<Claim> {
  const request_hash = hashOf(request);
  const claimed = await transaction
    .insertInto("idempotency_keys")
    .values({ subject, key, request_hash, execution_id: sql`uuidv7()` })
    .onConflict((conflict) => conflict.columns(["tenant_id", "subject", "key"]).doNothing())
    .returning("execution_id")
    .executeTakeFirst();
  if (claimed !== undefined) return { executionId: claimed.execution_id, isNew: true };
  const earlier = await transaction
    .selectFrom("idempotency_keys")
    .select(["execution_id", "request_hash"])
    .where("subject", "=", subject)
    .where("key", "=", key)
    .executeTakeFirstOrThrow();
  if (earlier.request_hash.equals(request_hash)) return { executionId: earlier.execution_id, isNew: false };
  throw keyReused();
}

/** By what a request is known again. */
export function hashOf(request: object): Buffer {
  return createHash("sha256").update(JSON.stringify(request)).digest();
}

/** What is said to whoever uses a key for a second request. */
export function keyReused(): ApiError {
  return new ApiError("idempotency_key_reused", "this idempotency key was used for another request", {
    fix: "use a new key for each start that you mean",
  });
}
