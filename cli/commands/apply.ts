import type { Command } from "commander";

interface ApplyFlags {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly json?: boolean;
}

/** `apply` and `export`: definitions as code. */
export function registerApply(program: Command): void {
  program
    .command("apply")
    .description("make actions, workflows, schedules and rules be what the files of a directory say")
    .requiredOption("-f, --file <dir>", "directory with definitions in YAML")
    .option("--dry-run", "show what would change, and change nothing")
    .option("--prune", "delete what no file names")
    .option("--json", "as JSON, for scripts")
    .action(async (options: ApplyFlags) => {
      const { applyCommand } = await import("../automation/commands.ts");
      await applyCommand(options);
    });
  program
    .command("export")
    .description("write actions, workflows, schedules and rules as definitions that apply takes")
    .option("-o, --out <file>", "into this file (default: standard output)")
    .action(async (options: { readonly out?: string }) => {
      const { exportCommand } = await import("../automation/commands.ts");
      await exportCommand(options);
    });
}
