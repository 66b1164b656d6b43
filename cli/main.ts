import { UserError } from "@homeslice/config/errors.ts";
import { Command, CommanderError } from "commander";
import { registerCommands } from "./commands/index.ts";

const EXIT_USAGE = 2;

/** Runs one command line; resolves to the exit code of the process. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("homeslice")
    .description("A self-hosted platform and the automation that runs on it")
    .showHelpAfterError("Run with --help to see what is possible.")
    .enablePositionalOptions()
    .exitOverride();
  registerCommands(program);
  try {
    await program.parseAsync([...argv], { from: "user" });
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

process.exitCode = await main(process.argv.slice(2));
