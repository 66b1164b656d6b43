import type { StepRun } from "@homeslice/protocol/workflows.ts";
import { Link } from "@tanstack/react-router";
import { useMessages } from "../i18n/messages.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Moment } from "../ui/Moment.tsx";
import { StateMark } from "./StateMark.tsx";

interface StepTableProps {
  readonly caption: string;
  readonly steps: readonly StepRun[];
}

/** Beginnings of steps: what became of each, and why. */
export function StepTable({ caption, steps }: StepTableProps) {
  const { workflows: texts } = useMessages();
  const columns: Column<StepRun>[] = [
    { key: "name", header: texts.step, cell: ({ name }) => name },
    { key: "state", header: texts.state, cell: ({ state }) => <StateMark state={state} /> },
    { key: "attempt", header: texts.attempt, number: true, cell: ({ attempt }) => attempt },
    { key: "started", header: texts.started, cell: ({ started_at }) => started_at && <Moment at={started_at} /> },
    { key: "ended", header: texts.ended, cell: ({ finished_at }) => finished_at && <Moment at={finished_at} /> },
    {
      key: "execution",
      header: texts.execution,
      cell: ({ execution_id }) =>
        execution_id && (
          <Link to="/executions/$executionId" params={{ executionId: execution_id }}>
            {texts.show}
          </Link>
        ),
    },
    {
      key: "message",
      header: texts.message,
      cell: ({ message, decision }) => (decision ? texts.decision(decision.by, decision.reason) : message),
    },
    {
      key: "outputs",
      header: texts.outputs,
      cell: ({ outputs }) =>
        Object.entries(outputs)
          .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
          .join(", "),
    },
  ];
  return (
    <DataTable caption={caption} columns={columns} rows={steps} rowKey={({ name, attempt }) => `${name} ${attempt}`} />
  );
}
