import type { Approval, ApprovalStatus, NewVote, RequestOf } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page } from "../database/keyset.ts";
import type { Ended } from "../executions/attempt.ts";
import type { Demand } from "./demand.ts";

/** Asks for approval of an execution, whose targets are held. */
export async function insertApproval(transaction: Connection, executionId: string, demand: Demand): Promise<void> {
  const { needed, rules, expires_after_seconds } = demand;
  await transaction
    .updateTable("executions")
    .set({ approval: "pending" })
    .where("execution_id", "=", executionId)
    .execute();
  await transaction
    .insertInto("approvals")
    .values({
      execution_id: executionId,
      needed,
      rules,
      expires_at: sql`now() + ${expires_after_seconds} * interval '1 second'`,
    })
    .execute();
}

const order: ListOrder<"created"> = { id: { column: "a.execution_id", type: "uuid" }, keys: { created: undefined } };

const votes = sql<Approval["votes"]>`coalesce((
  select jsonb_agg(jsonb_build_object('by', v.voter, 'decision', v.decision, 'reason', v.reason,
    'at', to_char(v.voted_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by v.voted_at)
  from approval_votes v where v.execution_id = a.execution_id), '[]')`;

function selectApprovals(connection: Connection) {
  return connection
    .selectFrom("approvals as a")
    .innerJoin("executions as e", "e.execution_id", "a.execution_id")
    .select(["a.execution_id", "a.needed", "a.rules", "a.expires_at", "e.action_id", "e.action_version"])
    .select(["e.initiated_by", "e.created_at", "e.approval"])
    .select(votes.as("votes"));
}

interface ApprovalRow {
  readonly execution_id: string;
  readonly action_id: string | null;
  readonly action_version: number | null;
  readonly needed: number;
  readonly rules: string[];
  readonly expires_at: Date;
  readonly initiated_by: string;
  readonly created_at: Date;
  readonly approval: ApprovalStatus | null;
  readonly votes: Approval["votes"];
}

/** A page of approvals, and the cursor of the next one. */
export async function listApprovals(
  connection: Connection,
  listing: RequestOf<"listApprovals">["query"],
): Promise<{ items: Approval[]; next_cursor: string | null }> {
  const page = new Page(order, listing);
  let query = selectApprovals(connection).select(page.place).where(page.follows);
  if (listing.status !== undefined) query = query.where("e.approval", "=", listing.status);
  const { rows, next_cursor } = page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
  return { items: rows.map(toApproval), next_cursor };
}

export async function findApproval(connection: Connection, executionId: string): Promise<Approval | undefined> {
  const row = await selectApprovals(connection).where("a.execution_id", "=", executionId).executeTakeFirst();
  return row && toApproval(row);
}

/** Whose request an execution is: whoever started it, and the person behind their token. */
export async function findRequesters(connection: Connection, initiatedBy: string): Promise<string[]> {
  const rows = await connection
    .selectFrom("api_tokens")
    .select("created_by")
    .where(sql`'token ' || name`, "=", initiatedBy)
    .execute();
  return [initiatedBy, ...rows.map(({ created_by }) => created_by)];
}

/** Holds an execution until the transaction ends, so that two decisions come one after the other. */
export async function holdExecution(transaction: Connection, executionId: string): Promise<void> {
  await transaction
    .selectFrom("executions")
    .select("execution_id")
    .where("execution_id", "=", executionId)
    .forNoKeyUpdate()
    .execute();
}

/** @returns how many people have approved by now; undefined when this one has voted before */
export async function insertVote(
  transaction: Connection,
  executionId: string,
  voter: string,
  { decision, reason }: NewVote,
): Promise<number | undefined> {
  const inserted = await transaction
    .insertInto("approval_votes")
    .values({ execution_id: executionId, voter, decision, reason })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) return undefined;
  const { approved } = await transaction
    .selectFrom("approval_votes")
    .select(({ fn }) => fn.countAll<number>().as("approved"))
    .where("execution_id", "=", executionId)
    .where("decision", "=", "approve")
    .executeTakeFirstOrThrow();
  return approved;
}

/** Decides a pending approval. @returns whether it was pending */
export async function setStatus(
  transaction: Connection,
  executionId: string,
  status: Exclude<ApprovalStatus, "pending">,
): Promise<boolean> {
  const updated = await transaction
    .updateTable("executions")
    .set({ approval: status })
    .where("execution_id", "=", executionId)
    .where("approval", "=", "pending")
    .executeTakeFirst();
  return updated.numUpdatedRows > 0n;
}

/** Cancels the targets of an execution that never began, and says why. */
export async function cancelHeld(transaction: Connection, executionId: string, error: string): Promise<Ended[]> {
  const ended = await transaction
    .updateTable("execution_targets")
    .set({ state: "cancelled", state_since: sql`now()`, finished_at: sql`now()`, error })
    .where("execution_id", "=", executionId)
    .where("state", "=", "queued")
    .returning(["execution_id", "server_id"])
    .execute();
  return ended.map((key) => ({ ...key, state: "cancelled" }));
}

/** An execution for whose approval it is too late; held until the transaction ends. */
export async function lockExpired(
  transaction: Connection,
): Promise<{ execution_id: string; tenant_id: string } | undefined> {
  return await transaction
    .selectFrom("executions as e")
    .innerJoin("approvals as a", "a.execution_id", "e.execution_id")
    .select(["e.execution_id", "e.tenant_id"])
    .where("e.approval", "=", "pending")
    .where("a.expires_at", "<=", sql<Date>`now()`)
    .limit(1)
    .forNoKeyUpdate("e")
    .skipLocked()
    .executeTakeFirst();
}

function toApproval(row: ApprovalRow): Approval {
  return {
    execution_id: row.execution_id,
    action_template_id: row.action_id,
    action_version: row.action_version,
    status: row.approval ?? "withdrawn",
    requested_by: row.initiated_by,
    requested_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    needed: row.needed,
    rules: row.rules,
    votes: row.votes,
  };
}
