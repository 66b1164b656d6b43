import { commandWords } from "@homeslice/dashboard/run/commandWords.ts";
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
