import type { Cell, ReportHead, Role } from "@homeslice/protocol";
import type { Connection } from "../database/database.ts";

/** What a report is about. */
export interface Scope {
  /** Sees the rows of one tenant alone. */
  readonly connection: Connection;
  /** Sees those of all tenants, for what is one for all of them: the chain of the audit log. */
  readonly system: Connection;
  readonly since: Date;
  readonly until: Date;
  readonly now: Date;
  /** What the members of each group of the identity provider may do in the tenant. */
  readonly groups: readonly { readonly name: string; readonly role: Role }[];
}

/** One kind of report: its columns, and where their values come from. */
export interface Kind {
  /** Names of the columns, in their order. */
  readonly columns: readonly string[];
  /** The rows, some at a time: however many there are, few are held at once. */
  rows(scope: Scope): AsyncGenerator<Row[]>;
}

/** The values of one row, by the columns. */
export type Row = readonly Cell[];

/** How a report is written: as pieces of a file, one after the other. */
export interface Format {
  readonly type: string;
  write(head: ReportHead, columns: readonly string[], rows: AsyncIterable<readonly Row[]>): AsyncGenerator<Uint8Array>;
}

/** A kind whose rows are found as objects: each column is one thing that can be said of them. */
export function kindOf<Found>(
  columns: Readonly<Record<string, (found: Found) => Cell>>,
  find: (scope: Scope) => AsyncGenerator<readonly Found[]>,
): Kind {
  return {
    columns: Object.keys(columns),
    async *rows(scope) {
      for await (const some of find(scope)) {
        yield some.map((found) => Object.values(columns).map((cell) => cell(found)));
      }
    },
  };
}
