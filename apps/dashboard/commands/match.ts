/** How well a text fits what was typed, the greater the better; undefined when its letters are not there in that order. */
function matchScore(text: string, typed: string): number | undefined {
  const inText = text.toLowerCase();
  const wanted = typed.toLowerCase().replaceAll(/\s+/g, "");
  const whole = inText.indexOf(typed.trim().toLowerCase());
  if (whole >= 0) return 1_000 - Math.min(whole, 500) - text.length / 1_000;
  let at = -1;
  let score = 0;
  for (const letter of wanted) {
    const found = inText.indexOf(letter, at + 1);
    if (found < 0) return undefined;
    const beginsWord = found === 0 || /[\s._/-]/.test(inText[found - 1] ?? "");
    score += found === at + 1 || beginsWord ? 3 : 1;
    at = found;
  }
  return score - text.length / 1_000;
}

/** Those that fit what was typed, the best first; all in their order when nothing was. */
export function bestMatches<Entry extends { readonly text: string }>(
  entries: readonly Entry[],
  typed: string,
  most = 50,
): Entry[] {
  if (typed.trim() === "") return entries.slice(0, most);
  return entries
    .flatMap((entry) => {
      const score = matchScore(entry.text, typed);
      return score === undefined ? [] : [{ entry, score }];
    })
    .toSorted((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ entry }) => entry);
}
