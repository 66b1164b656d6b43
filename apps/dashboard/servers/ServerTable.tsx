import type { Server } from "@homeslice/protocol/servers.ts";
import { Link } from "@tanstack/react-router";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { since } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";
import { ServerSearch } from "./serverFilter.ts";

interface ServerTableProps {
  readonly servers: readonly Server[];
  readonly search: ServerSearch;
  readonly onSort: (part: Pick<ServerSearch, "sort" | "desc">) => void;
}

/** The servers as far as they fit, sorted as the address says. */
export function ServerTable({ servers, search, onSort }: ServerTableProps) {
  const { servers: texts } = useMessages();
  return (
    <DataTable
      caption={texts.title}
      columns={useColumns()}
      rows={servers}
      rowKey={({ server_id }) => server_id}
      sorted={{ by: search.sort ?? "hostname", desc: search.desc ?? false }}
      onSort={(key, desc) => onSort({ sort: ServerSearch.shape.sort.parse(key), desc: desc || undefined })}
    />
  );
}

function useColumns(): Column<Server>[] {
  const { servers: texts } = useMessages();
  const language = useLanguage();
  const now = useNow();
  return [
    {
      key: "hostname",
      header: texts.name,
      sortable: true,
      cell: ({ server_id, hostname }) => (
        <Link to="/servers/$serverId" params={{ serverId: server_id }} search={{}}>
          {hostname}
        </Link>
      ),
    },
    {
      key: "status",
      header: texts.status,
      sortable: true,
      cell: ({ status }) => <StateBadge state={status.current} />,
    },
    { key: "environment", header: texts.environment, sortable: true, cell: ({ environment }) => environment },
    { key: "group", header: texts.group, cell: ({ server_group }) => server_group },
    { key: "tags", header: texts.tags, cell: ({ tags }) => tags.join(", ") },
    { key: "load", header: texts.load, number: true, cell: ({ status }) => status.load_average?.[0].toFixed(2) },
    { key: "memory", header: texts.memory, number: true, cell: ({ status }) => percent(status.memory_usage_percent) },
    { key: "disk", header: texts.disk, number: true, cell: ({ status }) => percent(status.disk_usage_percent) },
    {
      key: "last_seen",
      header: texts.lastSeen,
      sortable: true,
      cell: ({ status }) =>
        status.last_heartbeat === null ? texts.never : since(status.last_heartbeat, now, language),
    },
  ];
}

function percent(value: number | undefined): string {
  return value === undefined ? "" : `${Math.round(value)} %`;
}
