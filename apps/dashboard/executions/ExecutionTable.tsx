import type { ExecutionSummary } from "@homeslice/protocol/executions.ts";
import { Link } from "@tanstack/react-router";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { duration, since } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";
import { titleOf } from "./title.ts";

interface ExecutionTableProps {
  readonly executions: readonly ExecutionSummary[];
  readonly more?: { readonly fetch: () => void; readonly busy: boolean } | undefined;
}

/** Executions, each with its state, its servers and who started it. */
export function ExecutionTable({ executions, more }: ExecutionTableProps) {
  const { executions: texts } = useMessages();
  const language = useLanguage();
  const now = useNow();
  const columns: Column<ExecutionSummary>[] = [
    {
      key: "what",
      header: texts.what,
      cell: (execution) => (
        <Link to="/executions/$executionId" params={{ executionId: execution.execution_id }}>
          {titleOf(execution)}
        </Link>
      ),
    },
    { key: "status", header: texts.status, cell: ({ status }) => <StateBadge state={status.overall} /> },
    { key: "servers", header: texts.servers, number: true, cell: ({ results }) => results.total_count },
    { key: "by", header: texts.startedBy, cell: ({ initiated_by }) => initiated_by },
    { key: "started", header: texts.started, cell: ({ timing }) => since(timing.created_at, now, language) },
    {
      key: "duration",
      header: texts.duration,
      number: true,
      cell: ({ timing }) => (timing.duration_seconds === null ? "" : duration(timing.duration_seconds)),
    },
  ];
  return (
    <DataTable
      caption={texts.title}
      columns={columns}
      rows={executions}
      rowKey={({ execution_id }) => execution_id}
      more={more}
    />
  );
}
