import type { Role } from "@homeslice/protocol/access.ts";
import type { Command } from "commander";
import { choice, collect, showable, upTo } from "./options.ts";

const implementation = () => import("../automation/tokens.ts");

export const roles = ["viewer", "operator", "approver", "admin"] satisfies Role[];

/** `tokens`: tokens of programs, here or at HOMESLICE_URL. */
export function registerTokens(program: Command): void {
  const tokens = program.command("tokens").description("show, make and revoke tokens of programs");
  showable(tokens.command("list"))
    .description("show tokens that are neither over nor revoked")
    .option("--search <text>", "those with this in the name")
    .action(async (options) => (await implementation()).listTokens(options));
  showable(tokens.command("create <name>"))
    .description("make a token for a program, and print it, once")
    .addOption(choice("--role <role>", "what it may do, at most", roles).default("viewer"))
    .option("--permission <permission>", "only this of what the role may do; may be given again", collect, [])
    .option("--days <number>", "how long it holds, at most 366", upTo(366), 90)
    .action(async (name, options) => (await implementation()).createToken(name, options));
  showable(tokens.command("revoke <token>"))
    .description("revoke a token, by its name or id")
    .action(async (name, options) => (await implementation()).revokeToken(name, options));
}
