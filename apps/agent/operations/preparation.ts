import type { Limits, Operation } from "@homeslice/protocol/operations/index.ts";
import type { Place } from "../jobs/command.ts";
import type { Ending } from "../jobs/ending.ts";
import type { Workshop } from "../jobs/workshop.ts";

/** What an operation comes to: a program that is started, watched and ended like every other. */
export interface Prepared {
  readonly argv: readonly [string, ...string[]];
  readonly environment: Record<string, string>;
  readonly workingDirectory: string;
  /** Whether it sees the server through the sandbox; what only looks sees it as it is. */
  readonly isolate: boolean;
  readonly limits: Limits;
}

export interface PreparationContext extends Place {
  /** The attempt's own directory. */
  readonly directory: string;
  readonly shop: Workshop;
}

/** Makes an operation ready to be started, or says why it must not be. */
export type Prepare<O extends Operation> = (operation: O, context: PreparationContext) => Promise<Prepared | Ending>;
