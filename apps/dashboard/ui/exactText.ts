/**
 * Text as it is, for whoever decides by it: a name or a command may hold characters that cannot be seen, that turn
 * around how others are shown, or that look like others.
 */

const ORDINARY = /^[ -~\t\n]*$/;
/** Control and format characters, such as those that turn direction, lone surrogates, and every space but the usual ones. */
const UNSEEN = /(?![ \t\n])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const WORD = /[\p{L}\p{M}]+/gu;
const LATIN = /\p{Script=Latin}/u;
/** Letters of the scripts that have some which look like Latin ones. */
const SIMILAR_SCRIPT =
  /[\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Lisu}]/gu;
/** The Greek and Cyrillic letters that cannot be told from Latin ones. */
const TWINS_ONLY =
  /^[\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bd\u03bf\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c-\u041e\u0420-\u0422\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u04cf\u0501\u051b\u051d]+$/u;

/**
 * @returns the text with the code of each character that cannot be seen in its place, and behind each that only looks
 *   like another one: `p\u0430y` becomes `pа⟨U+0430⟩y`
 */
export function exactText(text: string): string {
  if (ORDINARY.test(text)) return text;
  const words = text.match(WORD) ?? [];
  // Whoever writes a language has other letters in it, too.
  const isForeign = words.some((word) => !LATIN.test(word) && !TWINS_ONLY.test(word));
  return text
    .replaceAll(/[^ -~\n\t]/gu, (character) => (isOtherForm(character) ? named(character) : character))
    .replaceAll(WORD, (word) => {
      const isDisguised = LATIN.test(word) || (!isForeign && TWINS_ONLY.test(word));
      return isDisguised ? word.replaceAll(SIMILAR_SCRIPT, named) : word;
    })
    .replaceAll(UNSEEN, codeOf);
}

/** Whether one of these texts is not what it looks like. */
export function isDisguised(texts: readonly string[]): boolean {
  return texts.some((text) => exactText(text) !== text);
}

/** Whether it is a letter, digit or sign of ASCII in another form: full-width, mathematical. */
function isOtherForm(character: string): boolean {
  return /^[!-~]$/.test(character.normalize("NFKC"));
}

function named(character: string): string {
  return character + codeOf(character);
}

function codeOf(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
