import type { DriftCheck } from "@homeslice/protocol/drift.ts";
import { useQuery } from "@tanstack/react-query";
import { useMessages } from "../i18n/messages.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { useNow } from "../ui/useNow.ts";
import { daysUntil } from "./overview.ts";
import { Panel } from "./Panel.tsx";
import { driftQuery } from "./queries.ts";

/** Whether what is in the clusters is as the last run of each stack left it. */
export function DriftPanel() {
  const { platform: texts } = useMessages();
  const { data, error, refetch } = useQuery(driftQuery);
  return (
    <Panel title={texts.drift}>
      <p className="muted">{texts.driftHint}</p>
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {!data && !error && <Skeleton rows={2} />}
      {data && (data.items.length === 0 ? <p>{texts.neverLooked}</p> : <DriftTable checks={data.items} />)}
    </Panel>
  );
}

function DriftTable({ checks }: { checks: readonly DriftCheck[] }) {
  const { platform: texts } = useMessages();
  const now = useNow();
  const columns: Column<DriftCheck>[] = [
    { key: "stack", header: texts.stack, cell: ({ stack }) => stack },
    {
      key: "found",
      header: texts.found,
      cell: ({ resources, checked }) => (
        <Mark tone={resources.length === 0 ? "good" : "warning"}>{texts.differing(resources.length, checked)}</Mark>
      ),
    },
    {
      key: "at",
      header: texts.lookedAt,
      cell: ({ checked_at: at, complete }) => (
        <>
          <Moment at={at} />
          {daysUntil(at, now) < -1 && <Mark tone="warning">{texts.stale}</Mark>}
          {!complete && <Mark tone="quiet">{texts.incomplete}</Mark>}
        </>
      ),
    },
    { key: "what", header: texts.what, cell: ({ resources }) => <Differences resources={resources} /> },
  ];
  return <DataTable caption={texts.drift} columns={columns} rows={checks} rowKey={({ stack }) => stack} />;
}

function Differences({ resources }: Pick<DriftCheck, "resources">) {
  const { platform: texts } = useMessages();
  if (resources.length === 0) return null;
  return (
    <ul className="plain-list breakable">
      {resources.map(({ resource, change, properties }) => (
        <li key={resource}>{change === "gone" ? texts.gone(resource) : texts.differs(resource, properties)}</li>
      ))}
    </ul>
  );
}
