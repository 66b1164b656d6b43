import { exactText } from "../ui/exactText.ts";

/** The words of a command, each by itself, with nothing in them that could disguise them. */
export function CommandLine({ words, label }: { words: readonly string[]; label: string }) {
  return (
    <ol className="command" aria-label={label}>
      {words
        .map((word, place) => ({ word, key: `${place} ${word}` }))
        .map(({ word, key }) => (
          <li key={key}>
            <code>{exactText(word)}</code>
          </li>
        ))}
    </ol>
  );
}
