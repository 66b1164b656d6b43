import type { FinalState, Finish } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { type Advance, type Ending, endingOf } from "./attempt.ts";
import type { Policy } from "./policy.ts";
import { finalStateOf, isTriedAgain } from "./state.ts";
import { findPolicies, type TargetRow } from "./targets.ts";

/** An attempt whose agent has reported its end. */
export interface Finished {
  readonly target: TargetRow;
  readonly finish: Finish;
  /** What was reported along with the end. */
  readonly advance: Advance;
}

/** What an end counts as, and why. */
export interface Verdict {
  readonly state: FinalState;
  readonly error: string | null;
}

/** Says of ended attempts what their ends are, by the policies of their executions. */
export async function judge(
  transaction: Connection,
  finished: readonly Finished[],
  policies: ReadonlyMap<string, Policy>,
): Promise<Ending[]> {
  const judged = finished.flatMap(({ target, finish, advance }) => {
    const policy = policies.get(target.execution_id);
    return policy === undefined
      ? []
      : [{ target, finish, advance, policy, state: finalStateOf(finish, policy.success_criteria) }];
  });
  const faults = await findOutputFaults(
    transaction,
    judged.filter(({ state }) => state === "succeeded"),
  );
  return judged.map(({ target, finish, advance, policy, state }): Ending => {
    const fault = faults.get(`${target.execution_id} ${target.server_id}`);
    const error = fault ?? finish.error ?? timeFault(finish, policy);
    return {
      ...toEnding(target, finish, policy, { state: fault === undefined ? state : "failed", error }),
      ...advance,
    };
  });
}

/** The ends of attempts that are lost: reported so, or tried again, as their executions want it. */
export async function judgeLost(
  transaction: Connection,
  targets: readonly TargetRow[],
  error: string,
): Promise<Ending[]> {
  const policies = await findPolicies(
    transaction,
    targets.map((target) => ({ target })),
  );
  return targets.map((target) => {
    const policy = policies.get(target.execution_id);
    const again =
      policy !== undefined && target.cancel_requested_at === null && isTriedAgain(policy, target.fence, "lost", false);
    return { ...endingOf(target, "lost", error), retry_after_seconds: again ? policy.retry_delay_seconds : null };
  });
}

function toEnding(
  target: TargetRow,
  finish: Finish,
  policy: Policy,
  { state, error }: Verdict,
): Omit<Ending, keyof Advance> {
  const refused = finish.outcome === "refused";
  const again = target.cancel_requested_at === null && isTriedAgain(policy, target.fence, state, refused);
  return {
    execution_id: target.execution_id,
    server_id: target.server_id,
    fence: target.fence,
    state,
    exit_code: finish.exit_code,
    error,
    duration_seconds: finish.duration_seconds,
    result: finish.result ?? null,
    usage: finish.usage ?? null,
    retry_after_seconds: again ? policy.retry_delay_seconds : null,
    infrastructure: refused || state === "lost" ? "failed" : "worked",
  };
}

function timeFault({ outcome, exit_code, duration_seconds }: Finish, { success_criteria }: Policy): string | null {
  const { execution_time_max: most, exit_code: expected } = success_criteria;
  if (outcome !== "exited" || exit_code !== expected || most === undefined || (duration_seconds ?? 0) <= most)
    return null;
  return `it took ${duration_seconds} seconds, more than ${most}`;
}

/** Looks for the texts that the output must, and must not, contain. @returns what is wrong, by execution and server */
async function findOutputFaults(
  transaction: Connection,
  judged: readonly { target: TargetRow; policy: Policy }[],
): Promise<Map<string, string>> {
  const wanted = judged.flatMap(({ target: { execution_id, server_id }, policy: { success_criteria } }) => [
    ...success_criteria.output_contains.map((text) => ({ execution_id, server_id, text, wanted: true })),
    ...success_criteria.output_not_contains.map((text) => ({ execution_id, server_id, text, wanted: false })),
  ]);
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<{ execution_id: string; server_id: string; text: string; wanted: boolean }>`
    select wish.* from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
      as wish (execution_id uuid, server_id uuid, text text, wanted boolean)
    join execution_targets t using (execution_id, server_id)
    where wish.wanted <> exists (
      select from log_lines l where l.execution_id = wish.execution_id and l.server_id = wish.server_id
        and l.seq > t.attempt_seq and position(wish.text in l.text) > 0)`.execute(transaction);
  return new Map(
    rows.map(({ execution_id, server_id, text, wanted: isWanted }) => [
      `${execution_id} ${server_id}`,
      `its output ${isWanted ? "does not contain" : "contains"} ${JSON.stringify(text)}`,
    ]),
  );
}
