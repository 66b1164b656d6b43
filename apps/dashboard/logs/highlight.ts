import type { Span } from "./ansi.ts";
import { patternOf } from "./logSearch.ts";

/** A piece of a line, and whether it is what is looked for. */
export interface Piece extends Span {
  readonly marked: boolean;
}

/** Marks a text wherever it stands in a line, also across changes of colour. An empty text marks nothing. */
export function highlight(spans: readonly Span[], wanted: string): Piece[] {
  if (wanted === "") return spans.map((span) => ({ ...span, marked: false }));
  const text = spans.map((span) => span.text).join("");
  const ranges = [...text.matchAll(patternOf(wanted, "giu"))].map(({ index, 0: found }) => ({
    from: index,
    to: index + found.length,
  }));
  const edges = [...new Set(ranges.flatMap(({ from, to }) => [from, to]))];
  let start = 0;
  return spans.flatMap(({ text: spanText, style }) => {
    const end = start + spanText.length;
    const cuts = [start, ...edges.filter((edge) => edge > start && edge < end), end];
    start = end;
    return cuts.slice(1).map((to, place) => {
      const from = cuts[place] ?? to;
      const marked = ranges.some((range) => range.from <= from && to <= range.to);
      return { text: text.slice(from, to), style, marked };
    });
  });
}
