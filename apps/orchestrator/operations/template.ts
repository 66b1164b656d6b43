import type { Operation } from "@homeslice/protocol";

/** A text of an operation in which a parameter may stand, and its place. */
export interface Slot {
  readonly path: string;
  readonly text: string;
  /** Whether a text that begins with a dash would be an option of a command there. */
  readonly takesOptions?: boolean;
  /** Whether the items of a list stand there one after the other. */
  readonly takesLists?: boolean;
  /** Whether it names a secret of the orchestrator. */
  readonly takesSecrets?: boolean;
}

/** The values of a parameter in place of a text: several of a list, none of what has no value. */
export type FillAll = (text: string) => readonly string[];
/** The same where there is room for one value. */
export type Fill = (text: string) => string | undefined;

/** How the parameters of an action come into one kind of operation, and what that operation does. */
export interface OperationTemplate<O extends Operation> {
  /** Every text in which a parameter may stand. */
  readonly slots: (operation: O) => Slot[];
  /** The operation with its slots filled; not checked yet. */
  readonly fill: (operation: O, fill: Fill, fillAll: FillAll) => object;
  /** What would be done, for people. */
  readonly describe: (operation: O) => string;
}
