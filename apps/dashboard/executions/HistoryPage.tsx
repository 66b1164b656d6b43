import { type ExecutionSummary, TargetState } from "@homeslice/protocol/executions.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { historyQuery } from "../api/queries.ts";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { Choice } from "../ui/Choice.tsx";
import { EmptyState, ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { ago, duration } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";
import { titleOf } from "./title.ts";

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
      {executions.length > 0 && <ExecutionTable executions={executions} />}
      {hasNextPage && (
        <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {texts.more}
        </button>
      )}
    </section>
  );
}

function ExecutionTable({ executions }: { executions: readonly ExecutionSummary[] }) {
  const { executions: texts } = useMessages();
  const language = useLanguage();
  const now = useNow();
  return (
    <section className="table-box" aria-labelledby="history-title">
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.what}</th>
            <th scope="col">{texts.status}</th>
            <th scope="col">{texts.servers}</th>
            <th scope="col">{texts.startedBy}</th>
            <th scope="col">{texts.started}</th>
            <th scope="col">{texts.duration}</th>
          </tr>
        </thead>
        <tbody>
          {executions.map((execution) => (
            <tr key={execution.execution_id}>
              <th scope="row">
                <Link to="/executions/$executionId" params={{ executionId: execution.execution_id }}>
                  {titleOf(execution)}
                </Link>
              </th>
              <td>
                <StateBadge state={execution.status.overall} />
              </td>
              <td className="number">{execution.results.total_count}</td>
              <td>{execution.initiated_by}</td>
              <td>{ago(execution.timing.created_at, now, language)}</td>
              <td className="number">
                {execution.timing.duration_seconds === null ? "" : duration(execution.timing.duration_seconds)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
