import type { Command } from "commander";

interface RunOptions {
  readonly server?: string;
  readonly follow?: boolean;
}

/** `run`: local mode. */
export function registerRun(program: Command): void {
  program
    .command("run")
    .description("run a command through the orchestrator, stream its output, and exit with its exit code")
    .usage("[options] -- COMMAND [ARGUMENT…]")
    .argument("<argv...>", "the command and its arguments, after --")
    .option("--server <id>", "the server it runs on (default: this machine)")
    .option("--follow", "when the server or the orchestrator is out of reach, wait for it as long as it takes")
    .passThroughOptions()
    .action(async (argv: readonly string[], options: RunOptions) => {
      const { run } = await import("../local/run/run.ts");
      process.exitCode = await run(argv, options);
    });
}
