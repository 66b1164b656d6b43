import type { Place, ValueOption, Word } from "./words.ts";

/**
 * A script for bash. It holds all words, so that nothing is started when somebody presses the key; where nothing fits, the
 * shell completes names of files.
 */
export function bashScript(name: string, places: readonly Place[]): string {
  const inner = places.filter(({ path }) => path !== "").map(({ path }) => quoted(path));
  const valued = places.flatMap(({ path, values }) =>
    values.flatMap(({ names }) => names.map((option) => quoted(`${path} ${option}`.trim()))),
  );
  return `# Completion of ${name} for bash: source <(./${name} completion bash)
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word="" skip="" words="" index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${path:+$path }\${COMP_WORDS[index]}"
    if [[ -n "$skip" ]]; then skip=""; continue; fi
    case "$word" in
      ${inner.join("|")}) path="$word" ;;
      ${valued.join("|")}) skip="$word" ;;
    esac
  done
  case "$skip" in
${places.flatMap(({ path, values }) => values.map((value) => valueCase(path, value))).join("")}  esac
  [[ -n "$skip" ]] || case "$path" in
${places.map(placeCase).join("")}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}
`;
}

function valueCase(path: string, { names, choices }: ValueOption): string {
  const patterns = names.map((option) => quoted(`${path} ${option}`.trim())).join("|");
  return `    ${patterns}) words=${quoted(choices.join(" "))} ;;\n`;
}

function placeCase({ path, commands, choices, options }: Place): string {
  return `    ${quoted(path)}) words=${quoted(texts([...commands, ...choices, ...options]))} ;;\n`;
}

const texts = (words: readonly Word[]) => words.map(({ text }) => text).join(" ");

/** As one word of a shell. */
export const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
