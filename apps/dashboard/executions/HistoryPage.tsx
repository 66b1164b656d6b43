import { ExecutionSummary, TargetState } from "@homeslice/protocol/executions.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { historyQuery } from "../api/queries.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useServerNames } from "../servers/useServerNames.ts";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import { DayRange } from "../ui/DayRange.tsx";
import { EmptyState, ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { SearchBox } from "../ui/SearchBox.tsx";
import { ExecutionTable } from "./ExecutionTable.tsx";
import { HistorySearch, historyFilter } from "./historySearch.ts";

const route = getRouteApi("/history");

/** What has run, newest first. */
export function HistoryPage() {
  const { executions: texts, app } = useMessages();
  const mayStart = useMay("executions:start");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(historyQuery(historyFilter(search)));
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = list;
  const executions = data?.pages.flatMap(({ items }) => items) ?? [];
  const filtered = Object.values(search).some((value) => value !== undefined);
  return (
    <section aria-labelledby="history-title" className="page">
      <h1 id="history-title">{texts.title}</h1>
      <HistoryFilters />
      {isPending && <Skeleton rows={8} />}
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {data && executions.length === 0 && (
        <EmptyState title={filtered ? texts.noMatch : texts.none}>
          {filtered ? (
            <Button onClick={() => void navigate({ search: {} })}>{texts.clear}</Button>
          ) : (
            <>
              <p>{texts.noneFix}</p>
              {mayStart && (
                <Link to="/run" className="button button-primary">
                  {app.pages.run}
                </Link>
              )}
            </>
          )}
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

function HistoryFilters() {
  const { executions: texts, states } = useMessages();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const name = useServerNames(search.server === undefined ? [] : [search.server]);
  const change = (part: Record<string, string | undefined>) =>
    void navigate({ search: (before) => HistorySearch.parse({ ...before, ...part }), replace: true });
  const { execution_type } = ExecutionSummary.shape;
  return (
    <search className="filters">
      <Choice
        label={texts.status}
        names={Object.fromEntries(TargetState.options.map((state) => [state, states[state]]))}
        value={search.status}
        onChange={(status) => change({ status })}
      />
      <Choice
        label={texts.type}
        names={Object.fromEntries(execution_type.options.map((type) => [type, texts.types[type]]))}
        value={search.type}
        onChange={(type) => change({ type })}
      />
      <SearchBox label={texts.startedBy} value={search.by} onChange={(by) => change({ by })} />
      <DayRange from={search.from} to={search.to} onChange={change} />
      {search.server !== undefined && (
        <Button onClick={() => change({ server: undefined })}>{texts.onServer(name(search.server))}</Button>
      )}
      {search.action !== undefined && <Button onClick={() => change({ action: undefined })}>{texts.ofAction}</Button>}
    </search>
  );
}
