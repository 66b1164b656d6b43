/** A piece of a word: in quotes, after a backslash, or plain. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/sy;

/**
 * The words of a command as somebody writes it. Quotes and backslashes keep a word together; nothing else means
 * anything: no variable, no pattern, no pipe, as no shell will see it.
 *
 * @returns undefined when a quote is not closed
 */
export function commandWords(text: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    if (at === text.length) break;
    let word = "";
    while (at < text.length && !/\s/.test(text.charAt(at))) {
      PIECE.lastIndex = at;
      const piece = PIECE.exec(text);
      if (piece === null) return undefined;
      const [whole, single, double, escaped, plain] = piece;
      word += single ?? double?.replaceAll(/\\(["\\])/g, "$1") ?? escaped ?? plain ?? "";
      at += whole.length;
    }
    words.push(word);
  }
  return words;
}

/** A command as somebody would write it: `commandWords` makes the same words of it. */
export function commandText(words: readonly string[]): string {
  return words
    .map((word) => (/^[^\s'"\\]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(" ");
}
