import type { Execution, ResultDetail } from "@homeslice/protocol/executions.ts";
import { Link } from "@tanstack/react-router";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { useServerNames } from "../servers/useServerNames.ts";
import { bytes } from "../ui/bytes.ts";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { duration } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";
import { type Bar, barOf } from "./timeline.ts";

/** How an execution goes on each of its servers: its state, when it was at work, how it ended, and what it took. */
export function ServerResults({ execution }: { execution: Execution }) {
  return (
    <DataTable
      caption={useMessages().executions.servers}
      columns={useColumns(execution)}
      rows={execution.results.details}
      rowKey={({ server_id }) => server_id}
    />
  );
}

function useColumns(execution: Execution): Column<ResultDetail>[] {
  const { executions: texts } = useMessages();
  const language = useLanguage();
  const name = useServerNames(execution.target_servers);
  const now = useNow(1_000);
  return [
    {
      key: "server",
      header: texts.server,
      cell: ({ server_id }) => (
        <Link
          to="/executions/$executionId"
          params={{ executionId: execution.execution_id }}
          search={{ tab: "output", server: server_id }}
        >
          {name(server_id)}
        </Link>
      ),
    },
    {
      key: "status",
      header: texts.status,
      cell: ({ server_id, status }) => <Progress {...{ execution, server_id, status }} />,
    },
    { key: "timeline", header: texts.timeline, cell: (detail) => <TimelineBar bar={barOf(execution, detail, now)} /> },
    { key: "exit", header: texts.exit, number: true, cell: ({ exit_code }) => exit_code },
    {
      key: "time",
      header: texts.duration,
      number: true,
      cell: ({ execution_time: time }) => time !== null && duration(time),
    },
    {
      key: "cpu",
      header: texts.cpu,
      number: true,
      cell: ({ resource_usage: used }) => used?.cpu_seconds != null && duration(used.cpu_seconds),
    },
    {
      key: "memory",
      header: texts.memory,
      number: true,
      cell: ({ resource_usage: used }) => bytes(used?.max_memory_bytes, language),
    },
    {
      key: "read",
      header: texts.read,
      number: true,
      cell: ({ resource_usage: used }) => bytes(used?.read_bytes, language),
    },
    {
      key: "written",
      header: texts.written,
      number: true,
      cell: ({ resource_usage: used }) => bytes(used?.write_bytes, language),
    },
    { key: "error", header: texts.reason, cell: ({ error }) => error },
  ];
}

function Progress({
  execution,
  server_id,
  status,
}: { execution: Execution } & Pick<ResultDetail, "server_id" | "status">) {
  const progress = execution.status.per_server[server_id]?.progress;
  return (
    <>
      <StateBadge state={status} />
      {status === "running" && progress !== undefined && ` ${progress} %`}
    </>
  );
}

function TimelineBar({ bar }: { bar: Bar | undefined }) {
  const { executions: texts } = useMessages();
  if (!bar) return null;
  const words = texts.fromTo(duration(bar.fromSeconds), duration(bar.toSeconds));
  return (
    <span className="timeline" title={words}>
      <span className="visually-hidden">{words}</span>
      <span style={{ left: `${bar.from * 100}%`, right: `${(1 - bar.to) * 100}%` }} />
    </span>
  );
}
