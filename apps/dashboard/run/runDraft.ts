import type { Action } from "@homeslice/protocol/actions.ts";
import type { Timing } from "@homeslice/protocol/schedules.ts";
import { wholeNumber } from "../forms/number.ts";
import { type TimingDraft, timingOf } from "../schedules/timingDraft.ts";
import { type StartDraft, startOf } from "../starts/startDraft.ts";

/** Where the fields of what runs stand among the faults: as in a schedule. */
export const PLACE = "execution";

/** What stands in the fields of the run page. */
export interface RunDraft {
  readonly start: StartDraft;
  readonly parallelism: string;
  /** A number of servers, or a percentage of them. */
  readonly batchSize: string;
  readonly stopAfter: string;
  readonly timeout: string;
  readonly dryRun: boolean;
  readonly begins: "now" | Timing["type"];
  /** Of a schedule, which it becomes when it does not begin now. */
  readonly name: string;
  readonly timing: TimingDraft;
}

/** The execution that the fields say, as it is sent; what is empty is left to its default. */
export function runOf(
  { start, parallelism, batchSize, stopAfter, timeout, dryRun }: Omit<RunDraft, "begins" | "name" | "timing">,
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

/** The schedule that the fields say, as it is sent; undefined when it begins now. */
export function plannedOf(draft: RunDraft, action: Action | undefined): object | undefined {
  const { begins, name, timing } = draft;
  if (begins === "now") return undefined;
  return { name: name.trim(), timing: timingOf({ ...timing, type: begins }), [PLACE]: runOf(draft, action) };
}
