import type { Attempt, HeldAttempt, OrchestratorMessage } from "@homeslice/protocol";
import { isFinal } from "@homeslice/protocol";
import type { Connection } from "../database/database.ts";
import {
  type DispatchRow,
  findDispatch,
  finishTarget,
  lockTargetsOfServer,
  moveTarget,
  type TargetRow,
} from "../executions/repository.ts";

/** What an agent is told when it comes back, so that both sides agree on every attempt. */
export interface Agreement {
  readonly stored: Extract<OrchestratorMessage, { type: "welcome" }>["stored"];
  readonly settled: Attempt[];
  /** Attempts that the agent never said it got: they are sent again, with the same fence. */
  readonly redeliver: Omit<DispatchRow, "session_id">[];
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
  for (const row of rows.filter(({ state }) => !isFinal(state))) {
    const isHeld = held.some(({ execution_id, fence }) => execution_id === row.execution_id && fence === row.fence);
    if (!isHeld) await agreeOnMissing(transaction, agreement, row);
  }
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
  const current = row.fence === fence && !isFinal(row.state);
  if (!current) {
    // Its result, when it comes, is kept aside as superseded.
    if (state !== "finished") agreement.cancel.push(attempt);
    return;
  }
  if (row.cancel_requested_at !== null) agreement.cancel.push(attempt);
  const moved = await moveTarget(transaction, row, state === "accepted" ? "acknowledged" : "running");
  if (moved) agreement.changed.add(execution_id);
}

async function agreeOnMissing(transaction: Connection, agreement: Agreement, row: TargetRow): Promise<void> {
  const nothing = { exit_code: null, duration_seconds: null };
  if (row.acknowledged) {
    const error = "the agent had accepted this and has no record of it any more";
    await finishTarget(transaction, row, "lost", { ...nothing, error });
  } else if (row.cancel_requested_at !== null) {
    await finishTarget(transaction, row, "cancelled", { ...nothing, error: null });
  } else {
    await moveTarget(transaction, row, "dispatched");
    agreement.redeliver.push(await findDispatch(transaction, row));
  }
  agreement.changed.add(row.execution_id);
}
