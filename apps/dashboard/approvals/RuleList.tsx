import type { ApprovalRule } from "@homeslice/protocol/approvals.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { ManagedList } from "../forms/ManagedList.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery, actionOf } from "../starts/actionsQuery.ts";
import type { Column } from "../ui/DataTable.tsx";
import { duration } from "../ui/time.ts";
import { RuleForm } from "./RuleForm.tsx";

const rulesQuery = pagesQuery(["approval-rules"], (place) =>
  api.call("listApprovalRules", { query: { sort: "name", ...place } }),
);

/** The rules by which executions need approval. */
export function RuleList() {
  const { approvals: texts, forms } = useMessages();
  return (
    <ManagedList
      caption={texts.tabs.rules}
      list={useInfiniteQuery(rulesQuery)}
      columns={useColumns()}
      rowKey={({ rule_id }) => rule_id}
      mayManage={useMay("approvals:manage")}
      words={{ create: texts.createRule, none: texts.noRules, noneFix: texts.noRulesFix }}
      change={({ name }) => ({ label: forms.edit, title: forms.editOf(name) })}
      rowActions={({ rule_id, version, name }) => (
        <DeleteButton
          name={name}
          consequence={texts.deleteConsequence}
          run={() => api.call("deleteApprovalRule", { params: { rule_id }, version })}
          invalidates={[["approval-rules"]]}
        />
      )}
      form={(rule, onClose) => <RuleForm {...(rule && { rule })} onClose={onClose} />}
    />
  );
}

function useColumns(): Column<ApprovalRule>[] {
  const { approvals: texts, forms } = useMessages();
  const { data: actions } = useQuery(actionChoiceQuery);
  return [
    { key: "name", header: forms.name, cell: ({ name }) => name },
    {
      key: "environments",
      header: texts.environments,
      cell: ({ environments }) => environments.join(", ") || texts.any,
    },
    {
      key: "types",
      header: texts.types,
      cell: ({ action_types }) => action_types.map((type) => texts.typeNames[type]).join(", ") || texts.any,
    },
    {
      key: "actions",
      header: texts.actions,
      cell: ({ action_template_ids }) =>
        action_template_ids.map((id) => actionOf(actions, id)?.name ?? id).join(", ") || texts.any,
    },
    { key: "targets", header: texts.minTargets, number: true, cell: ({ min_targets }) => min_targets },
    { key: "people", header: texts.people, number: true, cell: ({ approvals }) => approvals },
    { key: "expires", header: texts.tooLate, cell: ({ expires_after_seconds }) => duration(expires_after_seconds) },
  ];
}
