import type { Channel } from "@homeslice/protocol/notifications.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { ChannelForm } from "./ChannelForm.tsx";
import { channelsQuery } from "./queries.ts";
import { TestButton } from "./TestButton.tsx";

/** Where notifications go. */
export function ChannelList() {
  const { notifications: texts, forms } = useMessages();
  const list = useInfiniteQuery(channelsQuery);
  const mayManage = useMay("notifications:manage");
  const [shown, setShown] = useState<Channel | "new">();
  const columns = useColumns(mayManage, setShown);
  return (
    <div className="stack">
      {mayManage && (
        <div className="actions">
          <Button kind="primary" onClick={() => setShown("new")}>
            {texts.createChannel}
          </Button>
        </div>
      )}
      <Listing
        caption={texts.tabs.channels}
        list={list}
        columns={columns}
        rowKey={({ channel_id }) => channel_id}
        empty={
          <EmptyState title={texts.noChannels}>
            <p>{mayManage ? texts.noChannelsFix : forms.onlyReading}</p>
          </EmptyState>
        }
      />
      {shown !== undefined && (
        <ChannelForm {...(shown !== "new" && { channel: shown })} onClose={() => setShown(undefined)} />
      )}
    </div>
  );
}

function useColumns(mayManage: boolean, edit: (channel: Channel) => void): Column<Channel>[] {
  const { notifications: texts, forms } = useMessages();
  const columns: Column<Channel>[] = [
    { key: "name", header: forms.name, cell: ({ name }) => name },
    { key: "type", header: texts.type, cell: ({ type }) => texts.types[type] },
    { key: "shown", header: texts.to, cell: ({ shown }) => shown },
    { key: "changed", header: texts.changed, cell: ({ metadata }) => <Moment at={metadata.updated_at} /> },
  ];
  if (!mayManage) return columns;
  const actionsOf = (channel: Channel) => (
    <div className="row-actions">
      <TestButton channel={channel} />
      <Button aria-label={forms.editOf(channel.name)} onClick={() => edit(channel)}>
        {forms.edit}
      </Button>
      <DeleteButton
        name={channel.name}
        consequence={texts.deleteChannelConsequence}
        run={() => api.call("deleteChannel", { params: { channel_id: channel.channel_id }, version: channel.version })}
        invalidates={[["channels"]]}
      />
    </div>
  );
  return [...columns, { key: "actions", header: forms.actions, cell: actionsOf }];
}
