import type { Server } from "@homeslice/protocol/servers.ts";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { ago } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";
import type { ServerSearch } from "./serverFilter.ts";

const ROW_HEIGHT = 48;

interface ServerTableProps {
  readonly servers: readonly Server[];
  readonly search: ServerSearch;
  readonly onSort: (part: Pick<ServerSearch, "sort" | "desc">) => void;
}

/** A table of which only the rows in sight exist: ten thousand servers scroll like ten. */
export function ServerTable({ servers, search, onSort }: ServerTableProps) {
  const { servers: texts } = useMessages();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: servers.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
  });
  const rows = virtual.getVirtualItems();
  const above = rows[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (rows.at(-1)?.end ?? 0);
  const now = useNow();
  return (
    <section className="table-box" ref={box} aria-labelledby="servers-title">
      <table aria-rowcount={servers.length + 1}>
        <thead>
          <tr>
            <SortHeader sort="hostname" label={texts.name} search={search} onSort={onSort} />
            <SortHeader sort="status" label={texts.status} search={search} onSort={onSort} />
            <SortHeader sort="environment" label={texts.environment} search={search} onSort={onSort} />
            <th scope="col">{texts.group}</th>
            <th scope="col">{texts.tags}</th>
            <th scope="col">{texts.load}</th>
            <th scope="col">{texts.memory}</th>
            <th scope="col">{texts.disk}</th>
            <SortHeader sort="last_seen" label={texts.lastSeen} search={search} onSort={onSort} />
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Space height={above} />}
          {rows.map(({ index }) => {
            const server = servers[index];
            return server && <ServerRow key={server.server_id} server={server} index={index} now={now} />;
          })}
          {below > 0 && <Space height={below} />}
        </tbody>
      </table>
    </section>
  );
}

/** Keeps the place of the rows that are out of sight. */
function Space({ height }: { height: number }) {
  return (
    <tr>
      <td colSpan={9} className="space" style={{ height }} />
    </tr>
  );
}

interface SortHeaderProps {
  readonly sort: NonNullable<ServerSearch["sort"]>;
  readonly label: string;
  readonly search: ServerSearch;
  readonly onSort: ServerTableProps["onSort"];
}

function SortHeader({ sort, label, search, onSort }: SortHeaderProps) {
  const sorted = (search.sort ?? "hostname") === sort;
  const direction = search.desc ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={sorted ? direction : "none"}>
      <button type="button" onClick={() => onSort({ sort, desc: sorted && !search.desc ? true : undefined })}>
        {label}
      </button>
    </th>
  );
}

function ServerRow({ server, index, now }: { server: Server; index: number; now: number }) {
  const language = useLanguage();
  const { servers: texts } = useMessages();
  const { status } = server;
  return (
    <tr aria-rowindex={index + 2}>
      <th scope="row">{server.hostname}</th>
      <td>
        <StateBadge state={status.current} />
      </td>
      <td>{server.environment}</td>
      <td>{server.server_group}</td>
      <td>{server.tags.join(", ")}</td>
      <td className="number">{status.load_average?.[0].toFixed(2)}</td>
      <td className="number">{percent(status.memory_usage_percent)}</td>
      <td className="number">{percent(status.disk_usage_percent)}</td>
      <td>{status.last_heartbeat === null ? texts.never : ago(status.last_heartbeat, now, language)}</td>
    </tr>
  );
}

function percent(value: number | undefined): string {
  return value === undefined ? "" : `${Math.round(value)} %`;
}
