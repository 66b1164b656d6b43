import { commandText, commandWords } from "@homeslice/dashboard/run/commandWords.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

test.each([
  ["uname -a", ["uname", "-a"]],
  ["  uname \t -a \n", ["uname", "-a"]],
  ["", []],
  [`printf '%s %s' "a b" c\\ d`, ["printf", "%s %s", "a b", "c d"]],
  [`echo "say \\"no\\" \\\\ \\n"`, ["echo", 'say "no" \\ \\n']],
  ["echo '' \"\"", ["echo", "", ""]],
  ["a'b c'd", ["ab cd"]],
  ["echo $HOME *.txt | cat > x; id && id `id` $(id)", "echo $HOME *.txt | cat > x; id && id `id` $(id)".split(" ")],
  ["echo 'a\nb' __proto__", ["echo", "a\nb", "__proto__"]],
])("%j is these words and means nothing more", (text, words) => {
  expect(commandWords(text)).toEqual(words);
});

test.each(["echo 'a", 'echo "a', 'echo "a\\"', "echo \\"])("of %j a piece is missing", (text) => {
  expect(commandWords(text)).toBeUndefined();
});

test("whatever the words are, they are written so that they are read again", () => {
  expect(commandText(["sh", "-c", "echo 'a b'", "", "{{file}}"])).toBe(
    String.raw`sh -c 'echo '\''a b'\''' '' {{file}}`,
  );
  const word = fc.string({ unit: fc.constantFrom("a", " ", "\n", "'", '"', "\\", "\u00a0", "\r") });
  fc.assert(fc.property(fc.array(word), (words) => void expect(commandWords(commandText(words))).toEqual(words)));
});
