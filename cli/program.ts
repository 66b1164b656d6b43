import { UserError } from "@homeslice/config/errors.ts";
import { Command, CommanderError } from "commander";
import { registerCommands } from "./commands/index.ts";

const EXIT_USAGE = 2;

/** The command line of the launcher. It never ends the process: what goes wrong is thrown. */
export function createProgram(): Command {
  const program = new Command("homeslice")
    .description("A self-hosted platform and the automation that runs on it")
    .showHelpAfterError("Run with --help to see what is possible.")
    .enablePositionalOptions()
    .exitOverride();
  registerCommands(program);
  return program;
}

/** Runs one command line; resolves to the exit code of the process. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...argv], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (error instanceof UserError) {
      process.stderr.write(`homeslice: ${error.message}\n`);
      return EXIT_USAGE;
    }
    throw error;
  }
}
