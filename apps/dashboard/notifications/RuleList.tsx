import type { NotificationRule } from "@homeslice/protocol/notifications.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { ManagedList } from "../forms/ManagedList.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import type { Column } from "../ui/DataTable.tsx";
import { channelChoiceQuery, rulesQuery } from "./queries.ts";
import { RuleForm } from "./RuleForm.tsx";

/** Which channels are told of what. */
export function RuleList() {
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
  return (
    <ManagedList
      caption={texts.tabs.rules}
      list={useInfiniteQuery(rulesQuery)}
      columns={columns}
      rowKey={({ rule_id }) => rule_id}
      mayManage={useMay("notifications:manage")}
      words={{ create: texts.createRule, none: texts.noRules, noneFix: texts.noRulesFix }}
      change={({ name }) => ({ label: forms.edit, title: forms.editOf(name) })}
      rowActions={({ rule_id, version, name }) => (
        <DeleteButton
          name={name}
          consequence={texts.deleteRuleConsequence}
          run={() => api.call("deleteNotificationRule", { params: { rule_id }, version })}
          invalidates={[["notification-rules"]]}
        />
      )}
      form={(rule, onClose) => <RuleForm {...(rule && { rule })} onClose={onClose} />}
    />
  );
}
