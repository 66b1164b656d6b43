import type { ApprovalRule } from "@homeslice/protocol/approvals.ts";
import { wholeNumber } from "../forms/number.ts";

/** What stands in the fields of an approval rule. */
export interface RuleDraft {
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly types: readonly string[];
  readonly environments: readonly string[];
  readonly minTargets: string;
  readonly approvals: string;
  readonly hours: string;
}

/** The fields of a rule that is there, or of a new one. */
export function ruleDraftOf(rule?: ApprovalRule): RuleDraft {
  return {
    name: rule?.name ?? "",
    description: rule?.description ?? "",
    actions: rule?.action_template_ids ?? [],
    types: rule?.action_types ?? [],
    environments: rule?.environments ?? [],
    minTargets: String(rule?.min_targets ?? 1),
    approvals: String(rule?.approvals ?? 1),
    hours: String((rule?.expires_after_seconds ?? 86_400) / 3_600),
  };
}

/** The rule that the fields say, as it is sent. */
export function ruleOf(draft: RuleDraft): object {
  const { hours } = draft;
  return {
    name: draft.name.trim(),
    description: draft.description,
    action_template_ids: draft.actions,
    action_types: draft.types,
    environments: draft.environments,
    min_targets: wholeNumber(draft.minTargets),
    approvals: wholeNumber(draft.approvals),
    expires_after_seconds: /^\d+(\.\d+)?$/.test(hours.trim()) ? Math.round(Number(hours) * 3_600) : hours,
  };
}
