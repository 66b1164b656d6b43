import type { ApprovalStatus } from "@homeslice/protocol/approvals.ts";
import type { Command } from "commander";
import { choice, showable } from "./options.ts";

const implementation = () => import("../automation/approvals.ts");

const statuses = ["pending", "approved", "refused", "expired", "withdrawn"] satisfies ApprovalStatus[];

/** `approvals`: executions that others have to approve, here or at HOMESLICE_URL. */
export function registerApprovals(program: Command): void {
  const approvals = program.command("approvals").description("show executions that need approval, and decide on them");
  showable(approvals.command("list"))
    .description("show the newest executions that needed approval")
    .addOption(choice("--status <status>", "those alone that are", statuses))
    .action(async (options) => (await implementation()).listApprovals(options));
  showable(approvals.command("rules"))
    .description("show the rules by which executions need approval")
    .option("--search <text>", "those with this in the name or the description")
    .action(async (options) => (await implementation()).listRules(options));
  showable(approvals.command("show <execution>"))
    .description("show what is asked of others before an execution begins, and what they said")
    .action(async (execution, options) => (await implementation()).showApproval(execution, options));
  showable(approvals.command("approve <execution>"))
    .description("approve an execution of somebody else, exactly as it was started")
    .requiredOption("--reason <text>", "why, for the audit log")
    .action(async (execution, options) => (await implementation()).decide(execution, "approve", options));
  showable(approvals.command("deny <execution>"))
    .description("refuse an execution of somebody else, which ends it")
    .requiredOption("--reason <text>", "why, for the audit log")
    .action(async (execution, options) => (await implementation()).decide(execution, "refuse", options));
}
