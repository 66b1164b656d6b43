import type { Action } from "@homeslice/protocol/actions.ts";
import type { ApprovalRule } from "@homeslice/protocol/approvals.ts";
import type { ExecutionPreview } from "@homeslice/protocol/executions.ts";

type Preview = Pick<ExecutionPreview, "operation" | "targets">;

/** Whether a run can change something, and reaches several servers or one in production: their number is then typed. */
export function needsCount(
  { operation, targets }: Preview,
  { dryRun, actionType }: { readonly dryRun: boolean; readonly actionType?: Action["action_type"] | undefined },
): boolean {
  if (dryRun || actionType === "validation" || !changes(operation)) return false;
  return targets.length > 1 || targets.some(({ environment }) => environment === "prod");
}

function changes(operation: ExecutionPreview["operation"]): boolean {
  switch (operation.type) {
    case "shell_command":
      return true;
    case "database_query":
      return !operation.read_only;
    case "file_validation":
    case "service_health":
      return false;
  }
}

/** The rules that ask others before such a run begins. */
export function rulesFor(
  rules: readonly ApprovalRule[],
  action: Pick<Action, "action_id" | "action_type"> | undefined,
  targets: ExecutionPreview["targets"],
): ApprovalRule[] {
  return rules.filter(
    (rule) =>
      (rule.action_template_ids.length === 0 || (action && rule.action_template_ids.includes(action.action_id))) &&
      (rule.action_types.length === 0 || rule.action_types.includes(action?.action_type ?? "execution")) &&
      (rule.environments.length === 0 || targets.some(({ environment }) => rule.environments.includes(environment))) &&
      rule.min_targets <= targets.length,
  );
}
