import type { Command } from "commander";

/** `status`: local mode. */
export function registerStatus(program: Command): void {
  program
    .command("status")
    .description("show what runs on this machine")
    .option("--json", "print {ready, url, home, components}; exits with 0 whether it runs or not")
    .action(async (options: { readonly json?: boolean }) => {
      const { status } = await import("../local/status.ts");
      status(options);
    });
}
