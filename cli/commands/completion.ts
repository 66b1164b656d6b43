import type { Command } from "commander";
import { choiceArgument } from "./options.ts";

/** `completion`: what makes a shell complete command lines of Homeslice. */
export function registerCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a script that lets a shell complete command lines: source <(./homeslice completion bash)")
    .addArgument(choiceArgument("<shell>", "which shell", ["bash", "zsh", "fish"]))
    .action(async (shell: "bash" | "zsh" | "fish") => {
      const { completionScript } = await import("../completion/script.ts");
      process.stdout.write(completionScript(program, shell));
    });
}
