import type { Check, OperationResult } from "@homeslice/protocol/operations/index.ts";
import type { CheckTask } from "./task.ts";

export type CheckContext = Omit<CheckTask, "operation">;

/** A kind of check. */
export interface Checker<O> {
  /** What would be done; looks, and changes nothing. */
  readonly plan: (operation: O, context: CheckContext) => Promise<string>;
  readonly perform: (operation: O, context: CheckContext) => Promise<OperationResult>;
}

/** What was found, one thing after the other. */
export class Findings {
  readonly #checks: Check[] = [];

  add(check: string, passed: boolean, expected: string, actual: string): void {
    this.#checks.push({ check, passed, expected: expected.slice(0, 1_000), actual: actual.slice(0, 1_000) });
  }

  get all(): { passed: boolean; checks: Check[] } {
    return { passed: this.#checks.every(({ passed }) => passed), checks: this.#checks };
  }
}

/** What keeps a check from being made at all: its message is for whoever asked. */
export class CheckError extends Error {
  override readonly name = "CheckError";
}
