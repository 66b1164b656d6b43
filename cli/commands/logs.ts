import type { Command } from "commander";

/** `logs`: local mode. */
export function registerLogs(program: Command): void {
  program
    .command("logs")
    .description("print what the components on this machine logged")
    .argument("[component]", "supervisor, postgresql, orchestrator or agent (default: all of them by time)")
    .option("-f, --follow", "go on with what they log from now on")
    .action(async (component: string | undefined, options: { readonly follow?: boolean }) => {
      const { logs } = await import("../local/logs.ts");
      await logs(component, options);
    });
}
