import { PLAIN, styleLine } from "@homeslice/dashboard/logs/ansi.ts";
import { highlight } from "@homeslice/dashboard/logs/highlight.ts";
import { LineList } from "@homeslice/dashboard/logs/lineList.ts";
import { LogSearch } from "@homeslice/dashboard/logs/logSearch.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const at = "2026-11-21T00:00:00.000Z";
function listOf(texts: readonly string[], capacity = 1_000): LineList {
  const list = new LineList(capacity);
  for (const [place, text] of texts.entries()) append(list, text, place + 1);
  return list;
}
function append(list: LineList, text: string, seq: number): void {
  list.append({ serverId: "a", seq, stream: "stdout", text, style: PLAIN, at });
}

describe("looking for a text", () => {
  test("finds lines by what they show, in capitals or not, and by no pattern", () => {
    const { lines } = listOf(["An Error", "\x1b[31mer\x1b[1mror\x1b[0m", "err.or", "fine", "ÄRGER", "10%\rerror"]);
    expect(new LogSearch("error").look(lines)).toEqual([0, 1, 5]);
    expect(new LogSearch("err.or").look(lines)).toEqual([2]);
    expect(new LogSearch("ärger").look(lines)).toEqual([4]);
    expect(new LogSearch("(a+)+$").look(lines)).toEqual([]);
  });

  test("goes on where it stopped when more lines come, and forgets those that were given up", () => {
    const list = listOf([], 10);
    const search = new LogSearch("even");
    for (let seq = 1; seq <= 30; seq++) {
      append(list, seq % 2 === 0 ? "even" : "odd", seq);
      search.look(list.lines);
    }
    const all = new LogSearch("even").look(list.lines);
    expect(search.look(list.lines)).toEqual(all);
    expect(all).toHaveLength(5);
  });

  test("a hundred thousand lines take a moment", () => {
    const { lines } = listOf(
      Array.from({ length: 100_000 }, (_, index) => `${index} GET /api/v1/servers 200 in 12 ms`),
      100_000,
    );
    const began = performance.now();
    expect(new LogSearch("99999 get").look(lines)).toHaveLength(1);
    // A tenth of this on an idle machine; a search that goes by each pair of lines would take hours.
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe("what is looked for", () => {
  test("is marked across changes of colour", () => {
    const { spans } = styleLine("say \x1b[31mhel\x1b[32mlo\x1b[0m HELLO");
    const marked = highlight(spans, "hello").filter((piece) => piece.marked);
    expect(marked.map(({ text }) => text)).toEqual(["hel", "lo", "HELLO"]);
  });

  test("whatever it is, the line stays what it was", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (texts, wanted) => {
        const spans = texts.map((text) => ({ text, style: {} }));
        const pieces = highlight(spans, wanted);
        expect(pieces.map(({ text }) => text).join("")).toBe(texts.join(""));
      }),
    );
  });
});
