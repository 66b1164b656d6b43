import type { Actor, AuditEventType, AuditVerification, RequestOf, ResponseOf } from "@homeslice/protocol";
import type { CompiledQuery } from "kysely";
import type { Context } from "../context.ts";
import type { Connection } from "../database/database.ts";
import { verifyChain } from "./chain.ts";
import { insertEvent, listEvents, type NewAuditEvent } from "./repository.ts";

/** What was changed. */
export interface Resource {
  readonly type:
    | "server"
    | "action"
    | "execution"
    | "account"
    | "session"
    | "token"
    | "lock"
    | "queue"
    | "limits"
    | "drift_check"
    | "schedule"
    | "approval_rule"
    | "notification_rule"
    | "notification_channel"
    | "push_subscription"
    | "hook"
    | "report_schedule"
    | "role_binding"
    | "workflow"
    | "workflow_run"
    | "secret"
    | "notification";
  readonly id: string;
  readonly name?: string | null;
  /** How many things the change reached, for example the servers of an execution. Default: this one. */
  readonly affected?: number;
}

/** What acts by itself, as the audit log names it. */
export function systemActor(id: string): Actor {
  return { type: "system", id, ip_address: null, user_agent: null };
}

/** Tells of a change, in the transaction that makes it: neither is there without the other. */
export async function recordChange(...change: Parameters<typeof insertChange>): Promise<void> {
  const [transaction] = change;
  await transaction.executeQuery(insertChange(...change));
}

/** The statement of `recordChange`. */
export function insertChange(
  transaction: Connection,
  actor: Actor,
  event_type: AuditEventType,
  { type, id, name = null, affected = 1 }: Resource,
  details: NewAuditEvent["details"] = {},
): CompiledQuery<unknown> {
  const result = { success: true, error_message: null, affected_count: affected };
  return insertEvent(transaction, { event_type, actor, resource: { type, id, name }, details, result });
}

/** The audit log: reading and checking it. */
export class Audit {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(query: RequestOf<"listAudit">["query"]): Promise<ResponseOf<"listAudit">> {
    return await listEvents(this.#context.database, query);
  }

  /** Checks the one chain that all tenants' entries are in. */
  async verify(): Promise<AuditVerification> {
    return await verifyChain(this.#context.databases.system);
  }
}
