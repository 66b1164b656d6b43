import { plainText } from "./ansi.ts";
import type { LogLine } from "./lineList.ts";

/** What makes a line differ from its text as it is shown. */
const STYLED = /[^\t\x20-\x7e\u00a0-\u0600]/;

/**
 * The lines that contain a text, whether in capitals or not. What has been looked through is not looked through again
 * when more lines come: of a hundred thousand, only the new ones.
 */
export class LogSearch {
  readonly #pattern: RegExp;
  #next = 0;
  readonly #found: number[] = [];

  constructor(wanted: string) {
    this.#pattern = patternOf(wanted);
  }

  /** @param lines all that are held @returns `index` of those that contain it, in their order; the same array each time */
  look(lines: readonly LogLine[]): readonly number[] {
    const first = lines[0]?.index ?? 0;
    const given = placeAmong(this.#found, first);
    if (given > 0) this.#found.splice(0, given);
    for (let place = Math.max(0, this.#next - first); place < lines.length; place++) {
      const line = lines[place];
      if (line && this.#pattern.test(shownText(line.text))) this.#found.push(line.index);
    }
    this.#next = first + lines.length;
    return this.#found;
  }
}

/** How many of ascending numbers are smaller than one: its place among them, if it is there. */
export function placeAmong(numbers: readonly number[], wanted: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? wanted) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What finds a text wherever it stands, with its letters in capitals or not. */
export function patternOf(wanted: string, flags = "iu"): RegExp {
  return new RegExp(wanted.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&"), flags);
}

function shownText(text: string): string {
  return STYLED.test(text) ? plainText(text) : text;
}
