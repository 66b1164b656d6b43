import { Delivery } from "@homeslice/protocol/notifications.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Mark, type Tone } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { channelChoiceQuery, deliveriesQuery } from "./queries.ts";

const tones: Record<Delivery["status"], Tone> = { pending: "busy", sent: "good", dead: "bad" };
const Status = Delivery.shape.status;

interface DeliveryListProps {
  readonly status: Delivery["status"] | undefined;
  readonly onStatus: (status: Delivery["status"] | undefined) => void;
}

/** What was sent, is to be sent, and was given up. */
export function DeliveryList({ status, onStatus }: DeliveryListProps) {
  const { notifications: texts } = useMessages();
  const list = useInfiniteQuery(deliveriesQuery(status));
  const columns = useColumns();
  return (
    <div className="stack">
      <search className="filters">
        <Choice
          label={texts.status}
          names={Object.fromEntries(Status.options.map((one) => [one, texts.statuses[one]]))}
          value={status}
          onChange={(value) => onStatus(Status.optional().catch(undefined).parse(value))}
        />
      </search>
      <Listing
        caption={texts.tabs.deliveries}
        list={list}
        columns={columns}
        rowKey={({ delivery_id }) => delivery_id}
        empty={
          <EmptyState title={texts.noDeliveries}>
            <p>{texts.noDeliveriesFix}</p>
          </EmptyState>
        }
      />
    </div>
  );
}

function useColumns(): Column<Delivery>[] {
  const { notifications: texts, forms } = useMessages();
  const { data: channels = [] } = useQuery(channelChoiceQuery);
  const mayManage = useMay("notifications:manage");
  const columns: Column<Delivery>[] = [
    { key: "event", header: texts.event, cell: ({ event }) => event },
    {
      key: "channel",
      header: texts.channel,
      cell: (delivery) =>
        channels.find(({ channel_id }) => channel_id === delivery.channel_id)?.name ?? delivery.channel_id,
    },
    {
      key: "status",
      header: texts.status,
      cell: (delivery) => <Mark tone={tones[delivery.status]}>{texts.statuses[delivery.status]}</Mark>,
    },
    { key: "at", header: texts.at, cell: ({ created_at }) => <Moment at={created_at} /> },
    { key: "attempts", header: texts.attempts, number: true, cell: ({ attempts }) => attempts },
    {
      key: "next",
      header: texts.next,
      cell: ({ next_attempt_at }) => next_attempt_at && <Moment at={next_attempt_at} />,
    },
    { key: "error", header: texts.error, cell: ({ last_error }) => last_error },
  ];
  if (!mayManage) return columns;
  return [...columns, { key: "retry", header: forms.actions, cell: (delivery) => <RetryButton delivery={delivery} /> }];
}

/** Has what was given up tried again. */
function RetryButton({ delivery: { delivery_id, event, status } }: { delivery: Delivery }) {
  const { notifications: texts } = useMessages();
  const retry = useChange({
    run: () => api.call("retryDelivery", { params: { delivery_id } }),
    invalidates: [["deliveries"]],
    says: () => texts.retried(event),
    tellsRefusal: true,
  });
  if (status !== "dead") return null;
  return (
    <Button aria-label={texts.retryOf(event)} busy={retry.busy} onClick={() => retry.start()}>
      {texts.retry}
    </Button>
  );
}
