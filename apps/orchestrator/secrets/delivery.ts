import { type JobSecrets, type SignedJob, signBytes } from "@homeslice/protocol";
import { recordChange, systemActor } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Connection, transact } from "../database/database.ts";
import { narrowTo } from "../database/tenancy.ts";
import { endingOf } from "../executions/attempt.ts";
import type { DispatchRow } from "../executions/claim.ts";
import { endAttempts } from "../executions/endings.ts";
import { lockTargets } from "../executions/targets.ts";
import { openSecret } from "./opening.ts";
import { SecretUnavailable } from "./sources.ts";

/** As much as all secrets of a job may have together, in characters: it is sent in one frame. */
const MAX_TOGETHER = 131_072;

/**
 * The secrets that a job asks for, signed for the one attempt that gets them, and told to the audit log. When one of them
 * cannot be had, the attempt has failed, and says why. @returns undefined then
 */
export async function secretsFor(
  context: Context,
  row: DispatchRow,
  names: readonly string[],
): Promise<SignedJob | undefined> {
  const { database, bus, jobKey } = context;
  const { execution_id, fence, server_id } = row;
  try {
    const values = await transact(database, (transaction) => take(context, transaction, row, names));
    const secrets: JobSecrets = { execution_id, fence, server_id, secrets: values };
    const payload = JSON.stringify(secrets);
    return { payload, signature: signBytes(Buffer.from(payload), jobKey) };
  } catch (error) {
    if (!(error instanceof SecretUnavailable)) throw error;
    await transact(database, (transaction) => fail(transaction, row, error.message));
    bus.publish({ kind: "execution", execution_id });
    bus.publish({ kind: "work" });
    return undefined;
  }
}

async function take(
  context: Context,
  transaction: Connection,
  { execution_id, server_id, fence }: DispatchRow,
  names: readonly string[],
): Promise<Record<string, string>> {
  const execution = await transaction
    .selectFrom("executions")
    .select(["tenant_id", "initiated_by", "action_id"])
    .where("execution_id", "=", execution_id)
    .executeTakeFirstOrThrow();
  const { tenant_id, initiated_by, action_id } = execution;
  await narrowTo(transaction, tenant_id);
  const rows = await transaction
    .selectFrom("secrets")
    .selectAll()
    .where("name", "in", [...names])
    .execute();
  const values: Record<string, string> = {};
  for (const name of names) {
    const secret = rows.find((row) => row.name === name);
    if (secret === undefined) throw new SecretUnavailable(`there is no secret "${name}" any more`);
    values[name] = await openSecret(context, secret);
    const resource = { type: "secret", id: secret.secret_id, name } as const;
    const details = { execution_id, server_id, fence, initiated_by, action_template_id: action_id };
    await recordChange(transaction, systemActor("orchestrator"), "secret.used", resource, details);
  }
  if (Object.values(values).join("").length > MAX_TOGETHER) {
    throw new SecretUnavailable(`its secrets have more than ${MAX_TOGETHER} characters together`);
  }
  return values;
}

/** Ends an attempt that its agent has not got. */
async function fail(transaction: Connection, row: DispatchRow, error: string): Promise<void> {
  const [target] = await lockTargets(transaction, [row]);
  if (target?.fence !== row.fence || target.state !== "dispatched" || target.acknowledged) return;
  await endAttempts(transaction, [endingOf(row, "failed", error)]);
}
