import { type Lock, LockStatus, LockType } from "@homeslice/protocol/locks.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useServerNames } from "../servers/useServerNames.ts";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Mark, type Tone } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { LockActions } from "./LockActions.tsx";
import { LockForm } from "./LockForm.tsx";
import { LockSearch } from "./lockSearch.ts";
import { QueuePanel } from "./QueuePanel.tsx";

const route = getRouteApi("/locks");
const tones: Record<LockStatus, Tone> = {
  active: "busy",
  released: "quiet",
  expired: "quiet",
  force_released: "warning",
};

const locksQuery = ({ status = "active", type }: LockSearch) =>
  pagesQuery(["locks", { status, type }], (place) =>
    api.call("listLocks", { query: { status, ...(type && { lock_type: type }), ...place } }),
  );

/** Who keeps work away from which server, until when; and the queue, which keeps all work away. */
export function LocksPage() {
  const { locks: texts } = useMessages();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(locksQuery(search));
  const locks = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const columns = useColumns(locks);
  const mayLock = useMay("locks:write");
  const [taking, setTaking] = useState(false);
  const change = (part: Record<string, string | undefined>) =>
    void navigate({ search: (before) => LockSearch.parse({ ...before, ...part }), replace: true });
  return (
    <section aria-labelledby="locks-title" className="page">
      <div className="page-head">
        <h1 id="locks-title">{texts.title}</h1>
        {mayLock && (
          <Button kind="primary" className="page-action" onClick={() => setTaking(true)}>
            {texts.take}
          </Button>
        )}
      </div>
      <QueuePanel />
      <search className="filters">
        <Choice
          label={texts.status}
          names={Object.fromEntries(LockStatus.options.map((status) => [status, texts.statuses[status]]))}
          value={search.status ?? "active"}
          onChange={(status) => change({ status })}
        />
        <Choice
          label={texts.type}
          names={Object.fromEntries(LockType.options.map((type) => [type, texts.types[type]]))}
          value={search.type}
          onChange={(type) => change({ type })}
        />
      </search>
      <Listing
        caption={texts.title}
        list={list}
        columns={columns}
        rowKey={({ lock_id }) => lock_id}
        empty={
          <EmptyState title={texts.none}>
            <p>{texts.noneFix}</p>
          </EmptyState>
        }
      />
      {taking && <LockForm onClose={() => setTaking(false)} />}
    </section>
  );
}

function useColumns(shown: readonly Lock[]): Column<Lock>[] {
  const { locks: texts, forms } = useMessages();
  const nameOf = useServerNames([...new Set(shown.map(({ server_id }) => server_id))]);
  return [
    { key: "server", header: texts.server, cell: ({ server_id }) => nameOf(server_id) },
    { key: "type", header: texts.type, cell: ({ lock_type }) => texts.types[lock_type] },
    {
      key: "status",
      header: texts.status,
      cell: ({ status }) => <Mark tone={tones[status]}>{texts.statuses[status]}</Mark>,
    },
    { key: "holder", header: texts.holder, cell: (lock) => <Holder lock={lock} /> },
    { key: "reason", header: texts.reason, cell: ({ lock_metadata }) => lock_metadata.reason },
    {
      key: "until",
      header: texts.until,
      cell: ({ timing, ended }) =>
        ended ? (
          <>
            <Moment at={timing.ended_at ?? timing.expires_at} /> · {ended.by}: {ended.reason}
          </>
        ) : (
          <>
            <Moment at={timing.expires_at} /> ·{" "}
            {texts.extensions(timing.current_extensions, timing.max_extension_count)}
          </>
        ),
    },
    {
      key: "actions",
      header: forms.actions,
      cell: (lock) => <LockActions lock={lock} server={nameOf(lock.server_id)} />,
    },
  ];
}

function Holder({ lock: { locked_by } }: { lock: Lock }) {
  const { user, process, execution_id } = locked_by;
  return (
    <>
      {user}
      {process !== null && ` · ${process}`}
      {execution_id !== null && (
        <>
          {" · "}
          <Link to="/executions/$executionId" params={{ executionId: execution_id }}>
            {execution_id.slice(0, 8)}
          </Link>
        </>
      )}
    </>
  );
}
