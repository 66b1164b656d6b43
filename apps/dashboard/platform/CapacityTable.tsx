import type { Capacity } from "@homeslice/protocol/platform.ts";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { bytes } from "../ui/bytes.ts";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Mark } from "../ui/Mark.tsx";
import { roomTone } from "./overview.ts";

/** How much room there is, and how much there will be if it goes on as in the last day. */
export function CapacityTable({ capacity }: { capacity: readonly Capacity[] }) {
  const { platform: texts } = useMessages();
  const language = useLanguage();
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const room = (free: number | null, { size_bytes }: Capacity) =>
    free === null ? (
      texts.unknown
    ) : (
      <Mark tone={roomTone(free / size_bytes)}>
        {bytes(free, language)} ({percent.format(free / size_bytes)})
      </Mark>
    );
  const columns: Column<Capacity>[] = [
    { key: "instance", header: texts.node, cell: ({ instance }) => instance },
    {
      key: "what",
      header: texts.what,
      cell: ({ kind, name }) => (kind === "memory" ? texts.memory : <code className="breakable">{name}</code>),
    },
    { key: "size", header: texts.size, number: true, cell: ({ size_bytes }) => bytes(size_bytes, language) },
    { key: "free", header: texts.free, cell: (row) => room(row.free_bytes, row) },
    { key: "week", header: texts.inWeek, cell: (row) => room(row.free_in_week_bytes, row) },
    { key: "month", header: texts.inMonth, cell: (row) => room(row.free_in_month_bytes, row) },
  ];
  const keyOf = ({ kind, instance, name }: Capacity) => `${kind} ${instance} ${name}`;
  return <DataTable caption={texts.capacity} columns={columns} rows={capacity} rowKey={keyOf} />;
}
