import { TargetState } from "@homeslice/protocol/executions.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { historyQuery } from "../api/queries.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Choice } from "../ui/Choice.tsx";
import { EmptyState, ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { ExecutionTable } from "./ExecutionTable.tsx";

const route = getRouteApi("/history");

/** What has run, newest first. */
export function HistoryPage() {
  const { executions: texts, states } = useMessages();
  const { status } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    historyQuery(status === undefined ? {} : { status }),
  );
  const executions = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <section aria-labelledby="history-title" className="page">
      <h1 id="history-title">{texts.title}</h1>
      <div className="filters">
        <Choice
          label={texts.status}
          names={Object.fromEntries(TargetState.options.map((state) => [state, states[state]]))}
          value={status}
          onChange={(value) =>
            void navigate({ search: { status: TargetState.optional().catch(undefined).parse(value) } })
          }
        />
      </div>
      {isPending && <Skeleton rows={8} />}
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {data && executions.length === 0 && (
        <EmptyState title={texts.none}>
          <p>{texts.noneFix}</p>
        </EmptyState>
      )}
      {executions.length > 0 && (
        <ExecutionTable
          executions={executions}
          more={hasNextPage ? { fetch: () => void fetchNextPage(), busy: isFetchingNextPage } : undefined}
        />
      )}
    </section>
  );
}
