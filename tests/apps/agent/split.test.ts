import { MAX_ENTRY_BYTES, splitOutput, textOf } from "@homeslice/agent/output/split.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Feeds output in chunks, as the tail does, and returns the entries. */
function entriesOf(chunks: readonly Uint8Array[], quietAfter: readonly boolean[]): Buffer[] {
  const entries: Buffer[] = [];
  let unfinished = Buffer.alloc(0);
  const take = (rest: "keep" | "flush" | "all") => {
    let start = 0;
    for (const end of splitOutput(unfinished, rest)) {
      entries.push(unfinished.subarray(start, end));
      start = end;
    }
    unfinished = unfinished.subarray(start);
  };
  chunks.forEach((chunk, i) => {
    unfinished = Buffer.concat([unfinished, chunk]);
    take(quietAfter[i] ? "flush" : "keep");
  });
  take("all");
  return entries;
}

/** Bytes in which whole characters, pieces of characters, line breaks and nonsense are all likely. */
const piece = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom("\n", "ä", "€", "🌍", "\0", "\r\n", "x".repeat(MAX_ENTRY_BYTES)).map((text) => Buffer.from(text)),
  fc
    .constantFrom([0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x8c], [0x80, 0x80, 0x80, 0x80], [0xff])
    .map((b) => Buffer.from(b)),
);
const output = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.concat(pieces));
const cuts = fc.array(fc.nat({ max: 40_000 }), { maxLength: 12 });
const quiet = fc.array(fc.boolean(), { maxLength: 13 });

function chunksOf(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

describe("output cut into entries", () => {
  it("is the same bytes and the same text, however it arrives", () => {
    fc.assert(
      fc.property(output, cuts, quiet, (bytes, at, quietAfter) => {
        const entries = entriesOf(chunksOf(bytes, at), quietAfter);
        expect(Buffer.concat(entries).equals(bytes)).toBe(true);
        expect(entries.map(textOf).join("")).toBe(textOf(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it("has at most one line in an entry, and no entry that is empty or too long", () => {
    fc.assert(
      fc.property(output, cuts, quiet, (bytes, at, quietAfter) => {
        for (const entry of entriesOf(chunksOf(bytes, at), quietAfter)) {
          expect(entry.length).toBeGreaterThan(0);
          expect(entry.length).toBeLessThanOrEqual(MAX_ENTRY_BYTES);
          expect([-1, entry.length - 1]).toContain(entry.indexOf("\n"));
        }
      }),
    );
  });

  it("does not depend on the chunks as long as nothing falls silent", () => {
    fc.assert(
      fc.property(output, cuts, (bytes, at) => {
        const whole = entriesOf([bytes], []).map(String);
        expect(entriesOf(chunksOf(bytes, at), []).map(String)).toEqual(whole);
      }),
    );
  });

  it("keeps back the beginning of a character when a line falls silent", () => {
    const bytes = Buffer.from("a€").subarray(0, 3);
    expect(splitOutput(bytes, "keep")).toEqual([]);
    expect(splitOutput(bytes, "flush")).toEqual([1]);
    expect(splitOutput(bytes, "all")).toEqual([3]);
  });
});
