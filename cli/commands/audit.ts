import type { Command } from "commander";
import { showable } from "./options.ts";

/** `audit`: here or at HOMESLICE_URL. */
export function registerAudit(program: Command): void {
  const audit = program.command("audit").description("check the audit log");
  showable(audit.command("verify"))
    .description("compute the chain of hashes anew: says where an entry was altered or taken out, and fails then")
    .action(async (options) => (await import("../automation/audit.ts")).verifyAudit(options));
}
