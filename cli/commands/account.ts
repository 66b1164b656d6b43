import type { Command } from "commander";

/** `account`: local mode. */
export function registerAccount(program: Command): void {
  const account = program.command("account").description("the people who may log in to this machine's orchestrator");
  account
    .command("add <username>")
    .description("make an account, and print the password that was made for it, once")
    .option("--role <role>", "viewer, operator, approver or admin", "admin")
    .action(async (username: string, options: { readonly role: string }) => {
      const { addAccount } = await import("../local/account.ts");
      await addAccount(username, options);
    });
}
