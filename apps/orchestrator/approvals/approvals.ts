import {
  type Actor,
  ApiError,
  type Approval,
  type NewVote,
  type RequestOf,
  type ResponseOf,
} from "@homeslice/protocol";
import { type Resource, recordChange, systemActor } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Connection, transact } from "../database/database.ts";
import { narrowTo } from "../database/tenancy.ts";
import { settle } from "../executions/endings.ts";
import { releaseHeld } from "../executions/rollout.ts";
import * as repository from "./repository.ts";

/** Approvals of executions: the rules of deciding. */
export class Approvals {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(query: RequestOf<"listApprovals">["query"]): Promise<ResponseOf<"listApprovals">> {
    return await repository.listApprovals(this.#context.database, query);
  }

  /** @throws ApiError not_found when there is no such execution, or it needs no approval */
  async get(executionId: string, connection: Connection = this.#context.database): Promise<Approval> {
    const approval = await repository.findApproval(connection, executionId);
    if (approval !== undefined) return approval;
    throw new ApiError("not_found", `there is no execution ${executionId} that needs approval`);
  }

  /**
   * Says yes or no to an execution, which is exactly what it was when it was started. One no ends it.
   * @throws ApiError not_found, not_permitted for one's own, conflict when it is decided, or for a second vote
   */
  async decide(executionId: string, vote: NewVote, actor: Actor): Promise<Approval> {
    const { database, bus } = this.#context;
    const decided = await transact(database, async (transaction) => {
      await repository.holdExecution(transaction, executionId);
      const approval = await this.get(executionId, transaction);
      await refuseOwn(transaction, approval, actor);
      if (approval.status !== "pending") {
        throw new ApiError("conflict", `the execution is not waiting for approval: it is ${approval.status}`);
      }
      const approved = await repository.insertVote(transaction, executionId, actor.id, vote);
      if (approved === undefined) throw new ApiError("conflict", "you have said what you think of it already");
      if (vote.decision === "refuse") await refuse(transaction, executionId, `refused by ${actor.id}: ${vote.reason}`);
      else if (approved >= approval.needed) await approve(transaction, executionId);
      const event = vote.decision === "approve" ? "execution.approved" : "execution.refused";
      await recordChange(transaction, actor, event, resource(executionId), { reason: vote.reason });
      return await this.get(executionId, transaction);
    });
    bus.publish({ kind: "work" });
    bus.publish({ kind: "execution", execution_id: executionId });
    return decided;
  }
}

/** Ends an execution that nobody approved in time, if there is one. @returns its id */
export async function expireApproval(transaction: Connection): Promise<string | undefined> {
  const expired = await repository.lockExpired(transaction);
  if (expired === undefined) return undefined;
  const { execution_id, tenant_id } = expired;
  await narrowTo(transaction, tenant_id);
  await repository.setStatus(transaction, execution_id, "expired");
  await settle(transaction, await repository.cancelHeld(transaction, execution_id, "nobody approved it in time"));
  await recordChange(transaction, orchestrator, "execution.approval_expired", resource(execution_id));
  return execution_id;
}

const orchestrator = systemActor("orchestrator");

const resource = (executionId: string): Resource => ({ type: "execution", id: executionId });

async function refuseOwn(connection: Connection, { requested_by }: Approval, { id }: Actor): Promise<void> {
  if (!(await repository.findRequesters(connection, requested_by)).includes(id)) return;
  throw new ApiError("not_permitted", "nobody decides about what they started themselves", {
    fix: "ask another approver",
  });
}

async function approve(transaction: Connection, executionId: string): Promise<void> {
  await repository.setStatus(transaction, executionId, "approved");
  await releaseHeld(transaction, [executionId]);
}

async function refuse(transaction: Connection, executionId: string, error: string): Promise<void> {
  await repository.setStatus(transaction, executionId, "refused");
  await settle(transaction, await repository.cancelHeld(transaction, executionId, error));
}
