import type { Action } from "@homeslice/protocol/actions.ts";
import { wholeNumber } from "../forms/number.ts";
import { type StartDraft, startOf } from "../starts/startDraft.ts";

/** What stands in the fields of the run page. */
export interface RunDraft {
  readonly start: StartDraft;
  readonly parallelism: string;
  /** A number of servers, or a percentage of them. */
  readonly batchSize: string;
  readonly stopAfter: string;
  readonly timeout: string;
  readonly dryRun: boolean;
}

/** The execution that the fields say, as it is sent; what is empty is left to its default. */
export function runOf(
  { start, parallelism, batchSize, stopAfter, timeout, dryRun }: RunDraft,
  action: Action | undefined,
) {
  const given = (name: string, text: string) => (text.trim() === "" ? {} : { [name]: wholeNumber(text.trim()) });
  return {
    ...startOf(start, action),
    dry_run: dryRun,
    ...given("timeout_seconds", timeout),
    rollout: {
      ...given("parallelism", parallelism),
      ...given("batch_size", batchSize),
      ...given("stop_after_failures", stopAfter),
    },
  };
}
