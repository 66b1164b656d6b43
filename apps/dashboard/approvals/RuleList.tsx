import type { ApprovalRule } from "@homeslice/protocol/approvals.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery, actionOf } from "../starts/actionsQuery.ts";
import { Button } from "../ui/Button.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { duration } from "../ui/time.ts";
import { RuleForm } from "./RuleForm.tsx";

const rulesQuery = pagesQuery(["approval-rules"], (place) =>
  api.call("listApprovalRules", { query: { sort: "name", ...place } }),
);

/** The rules by which executions need approval. */
export function RuleList() {
  const { approvals: texts, forms } = useMessages();
  const list = useInfiniteQuery(rulesQuery);
  const mayManage = useMay("approvals:manage");
  const [shown, setShown] = useState<ApprovalRule | "new">();
  const columns = useColumns(mayManage, setShown);
  return (
    <div className="stack">
      {mayManage && (
        <div className="actions">
          <Button kind="primary" onClick={() => setShown("new")}>
            {texts.createRule}
          </Button>
        </div>
      )}
      <Listing
        caption={texts.tabs.rules}
        list={list}
        columns={columns}
        rowKey={({ rule_id }) => rule_id}
        empty={
          <EmptyState title={texts.noRules}>
            <p>{mayManage ? texts.noRulesFix : forms.onlyReading}</p>
          </EmptyState>
        }
      />
      {shown !== undefined && (
        <RuleForm {...(shown !== "new" && { rule: shown })} onClose={() => setShown(undefined)} />
      )}
    </div>
  );
}

function useColumns(mayManage: boolean, edit: (rule: ApprovalRule) => void): Column<ApprovalRule>[] {
  const { approvals: texts, forms } = useMessages();
  const { data: actions } = useQuery(actionChoiceQuery);
  const columns: Column<ApprovalRule>[] = [
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
  if (!mayManage) return columns;
  const actionsCell = (rule: ApprovalRule) => (
    <div className="row-actions">
      <Button aria-label={forms.editOf(rule.name)} onClick={() => edit(rule)}>
        {forms.edit}
      </Button>
      <DeleteButton
        name={rule.name}
        consequence={texts.deleteConsequence}
        run={() => api.call("deleteApprovalRule", { params: { rule_id: rule.rule_id }, version: rule.version })}
        invalidates={[["approval-rules"]]}
      />
    </div>
  );
  return [...columns, { key: "edit", header: forms.actions, cell: actionsCell }];
}
