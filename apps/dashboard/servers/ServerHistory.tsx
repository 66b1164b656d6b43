import { useInfiniteQuery } from "@tanstack/react-query";
import { historyQuery } from "../api/queries.ts";
import { ExecutionTable } from "../executions/ExecutionTable.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { EmptyState, ErrorNotice, Skeleton } from "../ui/notices.tsx";

/** What has run on a server, newest first. */
export function ServerHistory({ serverId }: { serverId: string }) {
  const { executions: texts } = useMessages();
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    historyQuery({ server_id: serverId }),
  );
  if (error) return <ErrorNotice error={error} reset={() => void refetch()} />;
  if (!data) return <Skeleton rows={4} />;
  const executions = data.pages.flatMap(({ items }) => items);
  if (executions.length === 0) {
    return (
      <EmptyState title={texts.none}>
        <p>{texts.noneFix}</p>
      </EmptyState>
    );
  }
  const more = hasNextPage ? { fetch: () => void fetchNextPage(), busy: isFetchingNextPage } : undefined;
  return <ExecutionTable executions={executions} more={more} />;
}
