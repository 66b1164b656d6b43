import type { Command } from "commander";

/** `config migrate --stack NAME`: cluster mode. */
export function registerConfig(program: Command): void {
  program
    .command("config")
    .description("the settings of a stack")
    .command("migrate")
    .description("bring a settings file of an earlier version up to date, comments and order kept")
    .requiredOption("--stack <name>", "the stack: dev, prod, or any other with a Pulumi.<name>.yaml")
    .option("--config <dir>", "folder with Pulumi.<stack>.yaml (default: this checkout)")
    .option("--dry-run", "show the lines that would change, and change nothing")
    .action(async (options: unknown) => {
      const { migrateConfig } = await import("../cluster/migrate.ts");
      migrateConfig(options);
    });
}
