import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { create } from "fontkit";

/** Fonts that carry most alphabets; what they lack is spelled out. */
export const fonts = {
  regular: fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf")),
  bold: fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf")),
} as const;

const font = create(readFileSync(fonts.regular));
const known = new Map<string, string>();

/**
 * A text as it can be printed: one line, in which each character that the font lacks, or that nobody would see, is
 * named by its number. What stands on paper is never another text than the one that was meant.
 */
export function printable(text: string): string {
  return Array.from(text.normalize("NFC").replaceAll(/\s+/g, " "), spell).join("");
}

function spell(character: string): string {
  const spelled = known.get(character) ?? spellAnew(character);
  known.set(character, spelled);
  return spelled;
}

function spellAnew(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const visible = !/\p{C}/u.test(character) && "hasGlyphForCodePoint" in font && font.hasGlyphForCodePoint(code);
  return visible ? character : `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}
