import type { ProbedAddress } from "@homeslice/protocol/platform.ts";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Mark } from "../ui/Mark.tsx";
import { moment } from "../ui/Moment.tsx";
import { duration } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";
import { certificateTone, daysUntil } from "./overview.ts";

/** Public addresses as they are probed, and when their certificates end. */
export function AddressTable({ addresses }: { addresses: readonly ProbedAddress[] }) {
  const { platform: texts } = useMessages();
  const language = useLanguage();
  const now = useNow();
  const columns: Column<ProbedAddress>[] = [
    { key: "service", header: texts.service, cell: ({ service }) => service },
    { key: "address", header: texts.address, cell: ({ address }) => <span className="breakable">{address}</span> },
    {
      key: "ok",
      header: texts.answers,
      cell: ({ ok, seconds }) => (
        <Mark tone={ok ? "good" : "bad"}>
          {ok ? texts.inOrder : texts.notInOrder}
          {seconds !== null && ` (${duration(seconds)})`}
        </Mark>
      ),
    },
    {
      key: "certificate",
      header: texts.certificate,
      cell: ({ certificate_until: until }) =>
        until && (
          <Mark tone={certificateTone(until, now)}>{texts.until(moment(until, language), daysUntil(until, now))}</Mark>
        ),
    },
  ];
  return <DataTable caption={texts.addresses} columns={columns} rows={addresses} rowKey={({ address }) => address} />;
}
