import { z } from "zod";
import { NewAction } from "./actions.ts";
import { ActionId, ExecutionId, Timestamp } from "./ids.ts";
import { Search } from "./route.ts";
import { Environment } from "./servers.ts";

/** Identity of an approval rule. */
export const ApprovalRuleId = z.uuid().meta({ description: "Identity of an approval rule" });

/** Whether an execution may begin. Without a status it needs nobody's approval. */
export const ApprovalStatus = z.enum(["pending", "approved", "refused", "expired", "withdrawn"]);
export type ApprovalStatus = z.infer<typeof ApprovalStatus>;

const Reason = z.string().min(1).max(1_000);

/** What creates an approval rule. It holds for executions that fit everything that is given. */
export const NewApprovalRule = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).default(""),
  action_template_ids: z.array(ActionId).max(100).default([]).meta({ description: "One of these; empty: any" }),
  action_types: z
    .array(NewAction.shape.action_type.unwrap())
    .max(3)
    .default([])
    .meta({ description: "One of these; empty: any" }),
  environments: z
    .array(Environment)
    .max(5)
    .default([])
    .meta({ description: "One of its servers, or more, is in one of these; empty: any" }),
  min_targets: z.int().min(1).default(1).meta({ description: "It has so many servers, or more" }),
  approvals: z.int().min(1).max(5).default(1).meta({ description: "People who have to approve" }),
  expires_after_seconds: z
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(86_400)
    .meta({ description: "Seconds after which it is too late, and the execution is cancelled" }),
});
export type NewApprovalRule = z.infer<typeof NewApprovalRule>;

export const ApprovalRule = z.object({
  rule_id: ApprovalRuleId,
  ...NewApprovalRule.shape,
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  metadata: z.object({ created_at: Timestamp, created_by: z.string(), updated_at: Timestamp }),
});
export type ApprovalRule = z.infer<typeof ApprovalRule>;

export const ApprovalRuleFilter = z.strictObject({
  search: Search.optional().meta({ description: "Part of the name or of the description" }),
});

/** What somebody says of an execution that waits to be approved. */
export const NewVote = z.strictObject({ decision: z.enum(["approve", "refuse"]), reason: Reason });
export type NewVote = z.infer<typeof NewVote>;

/** What is asked of others before an execution begins, and what they said. */
export const Approval = z.object({
  execution_id: ExecutionId,
  action_template_id: ActionId.nullable(),
  action_version: z.int().nullable().meta({ description: "The version that runs, whatever becomes of the action" }),
  status: ApprovalStatus,
  requested_by: z.string(),
  requested_at: Timestamp,
  expires_at: Timestamp,
  needed: z.int().meta({ description: "People who have to approve" }),
  rules: z.array(z.string()).meta({ description: "Names of the rules that ask for it" }),
  votes: z.array(z.object({ by: z.string(), at: Timestamp, ...NewVote.shape })),
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalFilter = z.strictObject({ status: ApprovalStatus.optional() });
