/** Longest entry of output, in bytes; a longer line is cut into several. */
export const MAX_ENTRY_BYTES = 16_384;
const NEWLINE = 10;

/**
 * Cuts bytes of output into entries of at most one line, each with its line break, and returns where they end. A cut
 * never falls inside a character, so the text of the entries, one after the other, is the text of the whole.
 *
 * @param rest what to do with a line that has no end yet: `keep` it, `flush` it but for a character that is not
 *   complete, or take `all` of it because nothing will follow
 */
export function splitOutput(bytes: Uint8Array, rest: "keep" | "flush" | "all"): number[] {
  const ends: number[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const cut = cutOf(bytes, start, end, newline < 0 ? rest : "all");
    if (cut === start) break;
    ends.push(cut);
    start = cut;
  }
  return ends;
}

function cutOf(bytes: Uint8Array, start: number, end: number, rest: "keep" | "flush" | "all"): number {
  if (end - start > MAX_ENTRY_BYTES) return beforeIncompleteCharacter(bytes, start + MAX_ENTRY_BYTES);
  if (rest === "all") return end;
  return rest === "flush" ? Math.max(start, beforeIncompleteCharacter(bytes, end)) : start;
}

/** The last place at or before `end` that is not inside a UTF-8 sequence which could still become a character. */
function beforeIncompleteCharacter(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back] ?? 0;
    const continues = (byte & 0b1100_0000) === 0b1000_0000;
    if (!continues) return sequenceLength(byte) > back ? end - back : end;
  }
  return end;
}

function sequenceLength(lead: number): number {
  if (lead >= 0b1111_0000) return 4;
  if (lead >= 0b1110_0000) return 3;
  return lead >= 0b1100_0000 ? 2 : 1;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of an entry. What is no UTF-8, and NUL, which PostgreSQL cannot store, become U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes).replaceAll("\0", "\uFFFD");
}
