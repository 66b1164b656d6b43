import { z } from "zod";
import type { LogLine } from "./lineList.ts";

/** A line of the output of an execution as an address names it: by its server and its number there. */
export const LineName = z.templateLiteral([z.uuid(), z.literal("."), z.int().positive()]);
export type LineName = z.infer<typeof LineName>;

export function nameOf({ serverId, seq }: Pick<LogLine, "serverId" | "seq">): LineName {
  return `${serverId}.${seq}`;
}

/** Where the line stands that a name is of. What has been looked through is not looked through again when more lines come. */
export class NamedLine {
  readonly #name: LineName;
  #next = 0;
  #index: number | undefined;

  constructor(name: LineName) {
    this.#name = name;
  }

  /** @param lines all that are held @returns its place among them; undefined while, and when, it is not there */
  look(lines: readonly LogLine[]): number | undefined {
    const first = lines[0]?.index ?? 0;
    for (let place = Math.max(0, this.#next - first); place < lines.length && this.#index === undefined; place++) {
      const line = lines[place];
      if (line && nameOf(line) === this.#name) this.#index = line.index;
    }
    this.#next = first + lines.length;
    return this.#index !== undefined && this.#index >= first ? this.#index - first : undefined;
  }
}
