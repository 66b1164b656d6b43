import type { Approval, ApprovalStatus } from "@homeslice/protocol/approvals.ts";
import { everything } from "@homeslice/protocol/client.ts";
import { openFor } from "./client.ts";
import { parseId } from "./lookup.ts";
import { type Shown, say, show, table } from "./show.ts";

const CONCERN = "approvals";
const SHOWN = 50;

/** `approvals list`: the newest. @throws UserError `approvals.refused`, as `locateEndpoint` */
export async function listApprovals({ status, ...shown }: Shown & { readonly status?: ApprovalStatus }): Promise<void> {
  const client = await openFor(CONCERN);
  const { items } = await client.call("listApprovals", { query: { limit: SHOWN, status } });
  show(items, shown, approvalTable);
}

/** `approvals rules`. @throws UserError as `listApprovals` */
export async function listRules({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  const client = await openFor(CONCERN);
  const rules = await everything((page) =>
    client.call("listApprovalRules", { query: { ...page, sort: "name", search } }),
  );
  const some = (list: readonly string[]) => (list.length === 0 ? "any" : list.join(" "));
  show(rules, shown, (found) =>
    table("approval rule", found, {
      NAME: ({ name }) => name,
      ENVIRONMENTS: ({ environments }) => some(environments),
      TYPES: ({ action_types }) => some(action_types),
      ACTIONS: ({ action_template_ids }) => (action_template_ids.length === 0 ? "any" : action_template_ids.length),
      SERVERS: ({ min_targets }) => `${min_targets} or more`,
      APPROVALS: ({ approvals }) => approvals,
      DESCRIPTION: ({ description }) => description,
    }),
  );
}

/** `approvals show`. @throws UserError as `listApprovals`, `option.invalid` */
export async function showApproval(execution: string, shown: Shown): Promise<void> {
  const client = await openFor(CONCERN);
  show(await client.call("getApproval", { params: executionOf(execution) }), shown);
}

/** `approvals approve` and `approvals deny`. @throws UserError as `showApproval` */
export async function decide(
  execution: string,
  decision: "approve" | "refuse",
  { reason, ...shown }: Shown & { readonly reason: string },
): Promise<void> {
  const client = await openFor(CONCERN);
  const body = { decision, reason };
  const approval = await client.call("decideApproval", { params: executionOf(execution), body });
  say(`the execution ${approval.execution_id} is ${approval.status}, with ${heard(approval)} approvals`);
  if (shown.json) show(approval, shown);
}

function approvalTable(approvals: readonly Approval[]): string {
  return table("approval", approvals, {
    EXECUTION: ({ execution_id }) => execution_id,
    STATUS: ({ status }) => status,
    APPROVALS: heard,
    BY: ({ requested_by }) => requested_by,
    REQUESTED: ({ requested_at }) => requested_at,
    EXPIRES: ({ expires_at }) => expires_at,
    RULES: ({ rules }) => rules.join(", "),
  });
}

const heard = ({ votes, needed }: Approval) =>
  `${votes.filter(({ decision }) => decision === "approve").length}/${needed}`;

function executionOf(text: string): { execution_id: string } {
  return { execution_id: parseId({ concern: CONCERN, noun: "execution" }, text) };
}
