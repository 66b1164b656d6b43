import type { Actor, DriftCheck, NewDriftCheck, RequestOf, ResponseOf } from "@homeslice/protocol";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { deleteOlder, insertCheck, listChecks } from "./driftRepository.ts";

/** How many looks at a stack are kept. */
const KEPT = 30;

/** What was found of stacks that somebody compared with what the last run left: the rules. */
export class Drift {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(query: RequestOf<"listDriftChecks">["query"]): Promise<ResponseOf<"listDriftChecks">> {
    return await listChecks(this.#context.database, query);
  }

  async report(found: NewDriftCheck, actor: Actor): Promise<DriftCheck> {
    return await this.#context.database.transaction().execute(async (transaction) => {
      const check = await insertCheck(transaction, found, actor.id);
      await deleteOlder(transaction, found.stack, KEPT);
      const resource = { type: "drift_check", id: check.drift_check_id, name: found.stack } as const;
      await recordChange(transaction, actor, "drift.reported", resource, { drifted: found.resources.length });
      return check;
    });
  }
}
