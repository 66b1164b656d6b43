import type { RunState, WorkflowRunSummary } from "@homeslice/protocol/workflows.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMessages } from "../i18n/messages.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { runsQuery } from "./queries.ts";
import { StateMark } from "./StateMark.tsx";

/** Runs of workflows, newest first. */
export function RunTable({ filter }: { filter: { state?: RunState; workflow_id?: string } }) {
  const { workflows: texts } = useMessages();
  const list = useInfiniteQuery(runsQuery(filter));
  const columns: Column<WorkflowRunSummary>[] = [
    {
      key: "run",
      header: texts.run,
      cell: ({ run_id, workflow_name }) => (
        <Link to="/workflow-runs/$runId" params={{ runId: run_id }}>
          {workflow_name} · {run_id.slice(0, 8)}
        </Link>
      ),
    },
    { key: "state", header: texts.state, cell: ({ state }) => <StateMark state={state} /> },
    { key: "by", header: texts.startedBy, cell: ({ initiated_by }) => initiated_by },
    { key: "started", header: texts.started, cell: ({ created_at }) => <Moment at={created_at} /> },
    { key: "ended", header: texts.ended, cell: ({ completed_at }) => completed_at && <Moment at={completed_at} /> },
  ];
  return (
    <Listing
      caption={texts.runs}
      list={list}
      columns={columns}
      rowKey={({ run_id }) => run_id}
      empty={
        <EmptyState title={texts.noRuns}>
          <p>{texts.noRunsFix}</p>
        </EmptyState>
      }
    />
  );
}
