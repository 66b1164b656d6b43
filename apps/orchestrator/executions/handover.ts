import type { ClaimedRow, ClaimOptions } from "./claim.ts";

/** What a start may claim of its own work: how, or undefined when all of it is to wait in the queue. */
export type Claimable = (serverIds: readonly string[]) => ClaimOptions | undefined;

/** Whoever holds the links of agents: what starts work may have it handed out without a word to the dispatchers. */
export interface Handover {
  /** Stores work, claims at the end of that transaction what it may, and then has it handed out. It may be tried again. */
  starting<Result extends { readonly claimed: readonly ClaimedRow[] }>(
    start: (claimable: Claimable) => Promise<Result>,
  ): Promise<Result>;
}

/** Where nobody holds links, all work waits for the dispatchers. */
export const noHandover: Handover = { starting: async (start) => await start(() => undefined) };
