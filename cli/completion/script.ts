import type { Command } from "commander";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { places } from "./words.ts";
import { zshScript } from "./zsh.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** The script for a shell, made of the program itself: its commands, options and choices. */
export function completionScript(program: Command, shell: keyof typeof scripts): string {
  return scripts[shell](program.name(), places(program));
}
