import type { Command } from "commander";
import { choice } from "./options.ts";
import { roles } from "./tokens.ts";

/** `account`: local mode. */
export function registerAccount(program: Command): void {
  const account = program.command("account").description("the people who may log in to this machine's orchestrator");
  account
    .command("add <username>")
    .description("make an account, and print the password that was made for it, once")
    .addOption(choice("--role <role>", "what they may do", roles).default("admin"))
    .action(async (username: string, options: { readonly role: string }) => {
      const { addAccount } = await import("../local/account.ts");
      await addAccount(username, options);
    });
}
