import type { Command } from "commander";

interface Shown {
  readonly json?: boolean;
}

/** `actions`: action templates and their versions, here or at HOMESLICE_URL. */
export function registerActions(program: Command): void {
  const actions = program.command("actions").description("show action templates, and look after their versions");
  actions
    .command("list")
    .description("show action templates by their names, and how often each was used")
    .option("--search <text>", "those with this in the name or the description")
    .option("--json", "as JSON, for scripts")
    .action(async (options: Shown & { readonly search?: string }) => {
      const { listActions } = await import("../automation/actions/commands.ts");
      await listActions(options);
    });
  actions
    .command("history")
    .description("show the versions of an action, newest first")
    .argument("<action>", "its name or id")
    .option("--json", "as JSON, for scripts")
    .action(async (action: string, options: Shown) => {
      const { showHistory } = await import("../automation/actions/commands.ts");
      await showHistory(action, options);
    });
  actions
    .command("diff")
    .description("show what differs between two versions of an action")
    .argument("<action>", "its name or id")
    .argument("[from]", "the older version (default: the one before the other)")
    .argument("[to]", "the newer version (default: the newest)")
    .option("--json", "as JSON, for scripts")
    .action(async (action: string, from: string | undefined, to: string | undefined, options: Shown) => {
      const { showDifference } = await import("../automation/actions/commands.ts");
      await showDifference(action, from, to, options);
    });
  actions
    .command("restore")
    .description("take up an older version of an action again, as its next version")
    .argument("<action>", "its name or id")
    .argument("<version>", "the version to take up")
    .action(async (action: string, version: string) => {
      const { restoreAction } = await import("../automation/actions/commands.ts");
      await restoreAction(action, version);
    });
}
