import type { Execution, ResultDetail } from "@homeslice/protocol/executions.ts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { previousQuery } from "../api/executionQueries.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useServerNames } from "../servers/useServerNames.ts";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Mark, type Tone } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState, ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { duration } from "../ui/time.ts";
import { type ComparedServer, compare } from "./compare.ts";

const tones: Record<ComparedServer["change"], Tone> = {
  same: "quiet",
  mended: "good",
  broken: "bad",
  different: "warning",
  new: "quiet",
  gone: "quiet",
};

/** How an execution came out on each server, beside the run of the same before it. */
export function Comparison({ execution }: { execution: Execution }) {
  const { executions: texts } = useMessages();
  const { data: previous, error, isPending, refetch } = useQuery(previousQuery(execution));
  const rows = useMemo(() => (previous ? compare(execution, previous) : []), [execution, previous]);
  const columns = useColumns(rows);
  if (error) return <ErrorNotice error={error} reset={() => void refetch()} />;
  if (isPending) return <Skeleton rows={4} />;
  if (previous === null) {
    return (
      <EmptyState title={texts.noPrevious}>
        <p>{texts.noPreviousFix}</p>
      </EmptyState>
    );
  }
  return (
    <>
      <p>
        <Link to="/executions/$executionId" params={{ executionId: previous.execution_id }} search={{}}>
          {texts.previousRun}
        </Link>
        {" · "}
        <Moment at={previous.timing.created_at} />
      </p>
      <DataTable caption={texts.tabs.comparison} columns={columns} rows={rows} rowKey={({ serverId }) => serverId} />
    </>
  );
}

function useColumns(rows: readonly ComparedServer[]): Column<ComparedServer>[] {
  const { executions: texts } = useMessages();
  const name = useServerNames(rows.map(({ serverId }) => serverId));
  return [
    { key: "server", header: texts.server, cell: ({ serverId }) => name(serverId) },
    {
      key: "change",
      header: texts.change,
      cell: ({ change }) => <Mark tone={tones[change]}>{texts.changes[change]}</Mark>,
    },
    { key: "now", header: texts.now, cell: ({ now }) => now && <Outcome detail={now} /> },
    { key: "before", header: texts.before, cell: ({ before }) => before && <Outcome detail={before} /> },
  ];
}

function Outcome({ detail: { status, exit_code, execution_time } }: { detail: ResultDetail }) {
  const { executions: texts } = useMessages();
  return (
    <>
      <StateBadge state={status} />
      {exit_code !== null && ` · ${texts.exitCode(exit_code)}`}
      {execution_time !== null && ` · ${duration(execution_time)}`}
    </>
  );
}
