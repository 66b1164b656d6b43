import type { NotificationRule } from "@homeslice/protocol/notifications.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { channelChoiceQuery, rulesQuery } from "./queries.ts";
import { RuleForm } from "./RuleForm.tsx";

/** Which channels are told of what. */
export function RuleList() {
  const { notifications: texts, forms } = useMessages();
  const list = useInfiniteQuery(rulesQuery);
  const mayManage = useMay("notifications:manage");
  const [shown, setShown] = useState<NotificationRule | "new">();
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

function useColumns(mayManage: boolean, edit: (rule: NotificationRule) => void): Column<NotificationRule>[] {
  const { notifications: texts, forms } = useMessages();
  const { data: channels = [] } = useQuery(channelChoiceQuery);
  const channelName = (id: string) => channels.find(({ channel_id }) => channel_id === id)?.name ?? id;
  const columns: Column<NotificationRule>[] = [
    { key: "name", header: forms.name, cell: ({ name }) => name },
    { key: "events", header: texts.events, cell: ({ events }) => events.join(", ") || texts.anyEvent },
    { key: "severity", header: texts.severity, cell: ({ min_severity }) => texts.severities[min_severity] },
    {
      key: "channels",
      header: texts.tabs.channels,
      cell: ({ channel_ids }) => channel_ids.map(channelName).join(", "),
    },
  ];
  if (!mayManage) return columns;
  const actionsOf = (rule: NotificationRule) => (
    <div className="row-actions">
      <Button aria-label={forms.editOf(rule.name)} onClick={() => edit(rule)}>
        {forms.edit}
      </Button>
      <DeleteButton
        name={rule.name}
        consequence={texts.deleteRuleConsequence}
        run={() => api.call("deleteNotificationRule", { params: { rule_id: rule.rule_id }, version: rule.version })}
        invalidates={[["notification-rules"]]}
      />
    </div>
  );
  return [...columns, { key: "actions", header: forms.actions, cell: actionsOf }];
}
