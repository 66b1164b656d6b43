import { quoted } from "./bash.ts";
import type { Place, ValueOption, Word } from "./words.ts";

/** A script for fish, with what each word is for. */
export function fishScript(name: string, places: readonly Place[]): string {
  const inner = places.filter(({ path }) => path !== "").map(({ path }) => quoted(path));
  return `# Completion of ${name} for fish: ./${name} completion fish | source
function __${name}_at
  set -l place ''
  for word in (commandline -opc)[2..]
    switch (string trim "$place $word")
      case ${inner.join(" ")}
        set place (string trim "$place $word")
    end
  end
  test "$place" = "$argv"
end
${places.map((place) => placeLines(name, place)).join("")}`;
}

function placeLines(name: string, { path, commands, choices, options, values, files }: Place): string {
  const here = `complete -c ${name} -n ${quoted(`__${name}_at ${path}`.trim())}`;
  const plain = [...commands, ...choices].map((word) => `${here} -f -a ${quoted(word.text)}${described(word)}\n`);
  const flags = options.map((word) => {
    const value = values.find(({ names }) => names.includes(word.text));
    return `${here} ${flag(word.text)}${value ? valueFlag(value) : ""}${described(word)}\n`;
  });
  return `${[...(files ? [] : [`${here} -f\n`]), ...plain, ...flags].join("")}`;
}

const flag = (text: string) => (text.startsWith("--") ? `-l ${text.slice(2)}` : `-s ${text.slice(1)}`);

const valueFlag = ({ choices }: ValueOption) => (choices.length > 0 ? ` -x -a ${quoted(choices.join(" "))}` : " -r");

const described = ({ description }: Word) => ` -d ${quoted(description)}`;
