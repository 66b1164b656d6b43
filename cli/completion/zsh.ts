import { bashScript } from "./bash.ts";
import type { Place } from "./words.ts";

/** A script for zsh, which reads completions of bash. */
export function zshScript(name: string, places: readonly Place[]): string {
  return `#compdef ${name}
# Completion of ${name} for zsh: source <(./${name} completion zsh)
autoload -U +X compinit && compinit -u
autoload -U +X bashcompinit && bashcompinit
${bashScript(name, places)}`;
}
