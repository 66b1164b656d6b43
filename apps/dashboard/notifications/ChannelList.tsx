import type { Channel } from "@homeslice/protocol/notifications.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { ManagedList } from "../forms/ManagedList.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import type { Column } from "../ui/DataTable.tsx";
import { Moment } from "../ui/Moment.tsx";
import { ChannelForm } from "./ChannelForm.tsx";
import { channelsQuery } from "./queries.ts";
import { TestButton } from "./TestButton.tsx";

/** Where notifications go. */
export function ChannelList() {
  const { notifications: texts, forms } = useMessages();
  const columns: Column<Channel>[] = [
    { key: "name", header: forms.name, cell: ({ name }) => name },
    { key: "type", header: texts.type, cell: ({ type }) => texts.types[type] },
    { key: "shown", header: texts.to, cell: ({ shown }) => shown },
    { key: "changed", header: texts.changed, cell: ({ metadata }) => <Moment at={metadata.updated_at} /> },
  ];
  return (
    <ManagedList
      caption={texts.tabs.channels}
      list={useInfiniteQuery(channelsQuery)}
      columns={columns}
      rowKey={({ channel_id }) => channel_id}
      mayManage={useMay("notifications:manage")}
      words={{ create: texts.createChannel, none: texts.noChannels, noneFix: texts.noChannelsFix }}
      change={({ name }) => ({ label: forms.edit, title: forms.editOf(name) })}
      rowActions={(channel) => (
        <>
          <TestButton channel={channel} />
          <DeleteChannel channel={channel} />
        </>
      )}
      form={(channel, onClose) => <ChannelForm {...(channel && { channel })} onClose={onClose} />}
    />
  );
}

function DeleteChannel({ channel: { channel_id, version, name } }: { channel: Channel }) {
  const { notifications: texts } = useMessages();
  return (
    <DeleteButton
      name={name}
      consequence={texts.deleteChannelConsequence}
      run={() => api.call("deleteChannel", { params: { channel_id }, version })}
      invalidates={[["channels"]]}
    />
  );
}
