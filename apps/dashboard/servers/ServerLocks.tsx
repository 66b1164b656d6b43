import type { Lock } from "@homeslice/protocol/locks.ts";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { EmptyState, ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { ago } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";

const locksQuery = (serverId: string) =>
  queryOptions({
    queryKey: ["locks", { server_id: serverId }],
    queryFn: () => api.call("listLocks", { query: { server_id: serverId, status: "active" } }),
    refetchInterval: 5_000,
  });

/** What keeps work away from a server now. */
export function ServerLocks({ serverId }: { serverId: string }) {
  const { servers: texts } = useMessages();
  const language = useLanguage();
  const now = useNow();
  const { data, error, refetch } = useQuery(locksQuery(serverId));
  if (error) return <ErrorNotice error={error} reset={() => void refetch()} />;
  if (!data) return <Skeleton rows={3} />;
  if (data.items.length === 0) {
    return (
      <EmptyState title={texts.noLocks}>
        <p>{texts.noLocksFix}</p>
      </EmptyState>
    );
  }
  const columns: Column<Lock>[] = [
    { key: "type", header: texts.lock.type, cell: ({ lock_type }) => texts.lock.types[lock_type] },
    { key: "reason", header: texts.lock.reason, cell: ({ lock_metadata }) => lock_metadata.reason },
    { key: "by", header: texts.lock.by, cell: ({ locked_by }) => locked_by.process ?? locked_by.user },
    { key: "ends", header: texts.lock.ends, cell: ({ timing }) => ago(timing.expires_at, now, language) },
  ];
  return <DataTable caption={texts.tabs.locks} columns={columns} rows={data.items} rowKey={({ lock_id }) => lock_id} />;
}
