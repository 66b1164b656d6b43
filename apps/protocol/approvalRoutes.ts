import { z } from "zod";
import {
  Approval,
  ApprovalFilter,
  ApprovalRule,
  ApprovalRuleFilter,
  ApprovalRuleId,
  NewApprovalRule,
  NewVote,
} from "./approvals.ts";
import { ExecutionId } from "./ids.ts";
import { listing, page, type Route, route, sortedBy } from "./route.ts";

const rule = z.strictObject({ rule_id: ApprovalRuleId });
const execution = z.strictObject({ execution_id: ExecutionId });

/** REST routes of approvals and their rules, by name. */
export const approvalRoutes = {
  listApprovalRules: route({
    method: "GET",
    path: "/api/v1/approval-rules",
    summary: "List the rules by which executions need approval",
    permission: "approvals:read",
    query: ApprovalRuleFilter.extend(listing(sortedBy("created", "name").default("-created")).shape),
    response: page(ApprovalRule),
  }),
  createApprovalRule: route({
    method: "POST",
    path: "/api/v1/approval-rules",
    summary: "Create a rule by which executions need approval; what has been started is not touched",
    permission: "approvals:manage",
    body: NewApprovalRule,
    status: 201,
    response: ApprovalRule,
  }),
  getApprovalRule: route({
    method: "GET",
    path: "/api/v1/approval-rules/{rule_id}",
    summary: "Show an approval rule",
    permission: "approvals:read",
    params: rule,
    response: ApprovalRule,
  }),
  updateApprovalRule: route({
    method: "PUT",
    path: "/api/v1/approval-rules/{rule_id}",
    summary: "Replace an approval rule",
    permission: "approvals:manage",
    params: rule,
    body: NewApprovalRule,
    versioned: true,
    response: ApprovalRule,
  }),
  deleteApprovalRule: route({
    method: "DELETE",
    path: "/api/v1/approval-rules/{rule_id}",
    summary: "Delete an approval rule; what waits because of it goes on waiting",
    permission: "approvals:manage",
    params: rule,
    versioned: true,
    status: 204,
    response: z.void(),
  }),
  listApprovals: route({
    method: "GET",
    path: "/api/v1/approvals",
    summary: "List executions that need approval, and what was said of them",
    permission: "approvals:read",
    query: ApprovalFilter.extend(listing(sortedBy("created").default("-created")).shape),
    response: page(Approval),
  }),
  getApproval: route({
    method: "GET",
    path: "/api/v1/executions/{execution_id}/approval",
    summary: "Show what is asked of others before an execution begins, and what they said",
    permission: "approvals:read",
    params: execution,
    response: Approval,
  }),
  decideApproval: route({
    method: "POST",
    path: "/api/v1/executions/{execution_id}/approval",
    summary: "Approve or refuse an execution of somebody else, exactly as it was started; for people, not for tokens",
    permission: "executions:approve",
    params: execution,
    body: NewVote,
    response: Approval,
  }),
} satisfies Record<string, Route>;
