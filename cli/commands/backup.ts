import { type Command, Option } from "commander";

/** `backup now`, `backup drill` and `backup list`: cluster mode. */
export function registerBackup(program: Command): void {
  const backup = program
    .command("backup")
    .description("back up a stack's services now, prove that it can be restored, or list what there is");
  addOptions(backup.command("now").description("back up, beside the schedule, and show what happens")).action(
    async (options: unknown) => {
      const { backupNow } = await import("../cluster/backups/commands.ts");
      await backupNow(options);
    },
  );
  addOptions(
    backup
      .command("drill")
      .description("restore the newest snapshot aside, beside the schedule, to prove that it can be"),
  ).action(async (options: unknown) => {
    const { drillNow } = await import("../cluster/backups/commands.ts");
    await drillNow(options);
  });
  addOptions(backup.command("list").description("show the snapshots that can be restored"))
    .option("--json", "print one JSON list")
    .action(async (options: unknown) => {
      const { listBackups } = await import("../cluster/backups/commands.ts");
      await listBackups(options);
    });
}

/** `restore --stack NAME --service NAME`: cluster mode. */
export function registerRestore(program: Command): void {
  const restore = program.command("restore").description("bring the data of a service back to a snapshot");
  addOptions(restore)
    .addOption(new Option("--snapshot <id>", "which snapshot (default: the newest of the schedule)"))
    .option("-y, --yes", "really replace what is there; a snapshot of it is taken first")
    .action(async (options: unknown) => {
      const { restore: run } = await import("../cluster/backups/commands.ts");
      await run(options);
    });
}

function addOptions(command: Command): Command {
  return command
    .requiredOption("--stack <name>", "the stack: dev, prod, or any other with a Pulumi.<name>.yaml")
    .addOption(
      new Option("--service <name>", "the service (default: all)").makeOptionMandatory(command.name() === "restore"),
    )
    .option("--config <dir>", "folder with Pulumi.<stack>.yaml (default: this checkout)")
    .option("--context <name>", "context of the kubeconfig (default: its current one)");
}
