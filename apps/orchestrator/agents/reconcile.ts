import type { Attempt, HeldAttempt, OrchestratorMessage } from "@homeslice/protocol";
import type { Connection } from "../database/database.ts";
import { endingOf } from "../executions/attempt.ts";
import type { DispatchRow } from "../executions/claim.ts";
import { endAttempts } from "../executions/endings.ts";
import { judgeLost } from "../executions/judgement.ts";
import { isOpen } from "../executions/state.ts";
import { findDispatch, lockTargetsOfServer, moveTarget, type TargetRow } from "../executions/targets.ts";

/** What an agent is told when it comes back, so that both sides agree on every attempt. */
export interface Agreement {
  readonly stored: Extract<OrchestratorMessage, { type: "welcome" }>["stored"];
  readonly settled: Attempt[];
  /** Attempts that the agent never said it got: they are sent again, with the same fence. */
  readonly redeliver: DispatchRow[];
  /** Attempts that the agent holds and that are to be ended: cancelled, or no longer the current ones. */
  readonly cancel: Attempt[];
  /** Executions whose state was changed. */
  readonly changed: Set<string>;
}

/** Compares the agent's journal with the database, and settles every difference. */
export async function reconcile(
  transaction: Connection,
  serverId: string,
  held: readonly HeldAttempt[],
): Promise<Agreement> {
  const agreement: Agreement = { stored: [], settled: [], redeliver: [], cancel: [], changed: new Set() };
  const rows = await lockTargetsOfServer(
    transaction,
    serverId,
    held.map(({ execution_id }) => execution_id),
  );
  const byExecution = new Map(rows.map((row) => [row.execution_id, row]));
  for (const attempt of held) {
    await agreeOnHeld(transaction, agreement, attempt, byExecution.get(attempt.execution_id));
  }
  const isHeld = ({ execution_id, fence }: TargetRow) =>
    held.some((attempt) => attempt.execution_id === execution_id && attempt.fence === fence);
  const missing = rows.filter((row) => isOpen(row.state) && !isHeld(row));
  await agreeOnMissing(transaction, agreement, missing);
  return agreement;
}

async function agreeOnHeld(
  transaction: Connection,
  agreement: Agreement,
  { execution_id, fence, state }: HeldAttempt,
  row: TargetRow | undefined,
): Promise<void> {
  const attempt = { execution_id, fence };
  if (row === undefined) {
    agreement.settled.push(attempt);
    return;
  }
  agreement.stored.push({ ...attempt, seq: row.last_seq });
  const current = row.fence === fence && isOpen(row.state);
  if (!current) {
    // Its result, when it comes, is kept aside as superseded.
    if (state !== "finished") agreement.cancel.push(attempt);
    return;
  }
  if (row.cancel_requested_at !== null) agreement.cancel.push(attempt);
  const isOnlyAccepted = state === "accepted" && row.started_at === null;
  const moved = await moveTarget(transaction, row, isOnlyAccepted ? "acknowledged" : "running");
  if (moved) agreement.changed.add(execution_id);
}

/** Open attempts that the agent does not hold: it has forgotten them, or it never got them. */
async function agreeOnMissing(
  transaction: Connection,
  agreement: Agreement,
  missing: readonly TargetRow[],
): Promise<void> {
  const forgotten = missing.filter(({ acknowledged }) => acknowledged);
  const neverHeld = missing.filter(({ acknowledged }) => !acknowledged);
  const error = "the agent had accepted this and has no record of it any more";
  const cancelled = neverHeld.filter(({ cancel_requested_at }) => cancel_requested_at !== null);
  await endAttempts(transaction, [
    ...(await judgeLost(transaction, forgotten, error)),
    ...cancelled.map((row) => endingOf(row, "cancelled", null)),
  ]);
  for (const row of neverHeld.filter(({ cancel_requested_at }) => cancel_requested_at === null)) {
    await moveTarget(transaction, row, "dispatched");
    agreement.redeliver.push(await findDispatch(transaction, row));
  }
  for (const { execution_id } of missing) agreement.changed.add(execution_id);
}
