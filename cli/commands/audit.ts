import type { Command } from "commander";

/** `audit`: local mode. */
export function registerAudit(program: Command): void {
  const audit = program.command("audit").description("check the audit log of this machine's orchestrator");
  audit
    .command("verify")
    .description("compute the chain of hashes anew: says where an entry was altered or taken out, and fails then")
    .option("--json", "as JSON, for scripts")
    .action(async (options: { readonly json?: boolean }) => {
      const { verifyAudit } = await import("../local/audit.ts");
      await verifyAudit(options);
    });
}
