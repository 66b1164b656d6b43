import type { Command } from "commander";
import { choice } from "./options.ts";
import { roles } from "./tokens.ts";

/** `token`: local mode. */
export function registerToken(program: Command): void {
  program
    .command("token")
    .description("print a bearer token for the API of this machine's orchestrator")
    .addOption(choice("--role <role>", "what it may do", roles).default("admin"))
    .option("--tenant <name>", "the tenant that it is for", "default")
    .option("--ttl <duration>", "how long it holds, for example 15m, 1h or 7d", "1h")
    .action(async (options: { readonly role: string; readonly tenant: string; readonly ttl: string }) => {
      const { token } = await import("../local/token.ts");
      await token(options);
    });
}
