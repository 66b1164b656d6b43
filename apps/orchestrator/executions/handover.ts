import type { Connection } from "../database/database.ts";
import type { ClaimedRow } from "./claim.ts";

/**
 * Claims work in the transaction that stores it, as far as the links that this orchestrator holds have room for it.
 * @returns what is handed out once the transaction is committed; the rest stays in the queue
 */
export type ClaimWithin = (transaction: Connection, serverIds: readonly string[]) => Promise<readonly ClaimedRow[]>;

/** Whoever holds the links of agents: what starts work may have it handed out without a word to the dispatchers. */
export interface Handover {
  /** Stores work in a transaction that may claim it, at its end; that may be tried again. */
  starting<Result>(start: (claim: ClaimWithin) => Promise<Result>): Promise<Result>;
}

/** Where nobody holds links, all work waits for the dispatchers. */
export const noHandover: Handover = { starting: async (start) => await start(async () => []) };
