import { stringify } from "yaml";
import { alignedLines } from "../local/table.ts";

/** How a command shows what it found. */
export interface Shown {
  /** As JSON, for scripts. Default: as text, for people. */
  readonly json?: boolean;
}

/** Prints what was found; by default, text is YAML. */
export function show<Found extends object>(
  found: Found,
  { json = false }: Shown,
  text: (found: Found) => string = stringify,
): void {
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : text(found));
}

/** Tells whoever looks on, apart from what a script reads. */
export function say(line: string): void {
  process.stderr.write(`homeslice: ${line}\n`);
}

type Cell = string | number | boolean | null | undefined;

/** A list for people: a line for each item, below the names of the columns. */
export function table<Item>(
  noun: string,
  items: readonly Item[],
  columns: Readonly<Record<string, (item: Item) => Cell>>,
): string {
  if (items.length === 0) return `There is no ${noun}.\n`;
  const rows = items.map((item) => Object.values(columns).map((cell) => String(cell(item) ?? "")));
  return alignedLines([Object.keys(columns), ...rows]);
}
