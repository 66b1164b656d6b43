import type { Command } from "commander";

/** `token`: local mode. */
export function registerToken(program: Command): void {
  program
    .command("token")
    .description("print a bearer token for the API of this machine's orchestrator")
    .option("--role <role>", "viewer, operator, approver or admin", "admin")
    .option("--tenant <name>", "the tenant that it is for", "default")
    .option("--ttl <duration>", "how long it holds, for example 15m, 1h or 7d", "1h")
    .action(async (options: { readonly role: string; readonly tenant: string; readonly ttl: string }) => {
      const { token } = await import("../local/token.ts");
      await token(options);
    });
}
