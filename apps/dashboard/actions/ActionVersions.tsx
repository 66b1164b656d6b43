import type { Action, ActionVersion } from "@homeslice/protocol/actions.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Field } from "../ui/Field.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Moment } from "../ui/Moment.tsx";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { placeOf } from "../ui/place.ts";
import { differenceQuery, versionsQuery } from "./queries.ts";

/** How an action became what it is: every version, what differs, and the way back. */
export function ActionVersions({ action }: { action: Action }) {
  const { actions: texts } = useMessages();
  const list = useInfiniteQuery(versionsQuery(action.action_id));
  const mayWrite = useMay("actions:write");
  const columns: Column<ActionVersion>[] = [
    { key: "version", header: texts.version, cell: ({ version }) => version },
    { key: "by", header: texts.changedBy, cell: ({ changed_by }) => changed_by },
    { key: "at", header: texts.changedAt, cell: ({ changed_at }) => <Moment at={changed_at} /> },
    { key: "from", header: texts.restoredFrom, cell: ({ restored_from }) => restored_from },
    ...(mayWrite
      ? [
          {
            key: "restore",
            header: texts.restore,
            cell: ({ version }: ActionVersion) =>
              version !== action.version && <RestoreButton action={action} version={version} />,
          },
        ]
      : []),
  ];
  return (
    <>
      {action.version > 1 && <Comparison action={action} />}
      <Listing
        caption={texts.tabs.versions}
        list={list}
        columns={columns}
        rowKey={({ version }) => String(version)}
        empty={null}
      />
    </>
  );
}

function Comparison({ action }: { action: Action }) {
  const { actions: texts, fields } = useMessages();
  const [from, setFrom] = useState(action.version - 1);
  const [to, setTo] = useState(action.version);
  const { data, error } = useQuery(differenceQuery(action.action_id, from, to));
  return (
    <section className="form" aria-label={texts.compare}>
      <div className="form-row">
        <VersionChoice label={texts.compareFrom} newest={action.version} value={from} onChange={setFrom} />
        <VersionChoice label={texts.compareTo} newest={action.version} value={to} onChange={setTo} />
      </div>
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={2} />}
      {data?.changes.length === 0 && <p>{texts.same}</p>}
      {data && data.changes.length > 0 && (
        <DataTable
          caption={texts.compare}
          rows={data.changes}
          rowKey={({ path }) => path}
          columns={[
            { key: "path", header: texts.place, cell: ({ path }) => placeOf(path, fields) },
            { key: "before", header: texts.before, cell: ({ before }) => before !== null && <del>{before}</del> },
            { key: "after", header: texts.after, cell: ({ after }) => after !== null && <ins>{after}</ins> },
          ]}
        />
      )}
    </section>
  );
}

interface VersionChoiceProps {
  readonly label: string;
  readonly newest: number;
  readonly value: number;
  readonly onChange: (version: number) => void;
}

function VersionChoice({ label, newest, value, onChange }: VersionChoiceProps) {
  return (
    <Field label={label}>
      {(control) => (
        <select {...control} value={value} onChange={({ target }) => onChange(Number(target.value))}>
          {Array.from({ length: newest }, (_, index) => newest - index).map((version) => (
            <option key={version}>{version}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

function RestoreButton({ action, version }: { action: Action; version: number }) {
  const { actions: texts } = useMessages();
  const [asking, setAsking] = useState(false);
  const restore = useChange({
    run: () =>
      api.call("restoreActionVersion", {
        params: { action_id: action.action_id, version: String(version) },
        version: action.version,
      }),
    invalidates: [["actions"]],
    says: (restored) => texts.restored(version, restored.version),
    onDone: () => setAsking(false),
  });
  return (
    <>
      <Button aria-label={texts.restoreVersion(version)} onClick={() => setAsking(true)}>
        {texts.restore}
      </Button>
      {asking && (
        <ConfirmDialog
          title={texts.restoreVersion(version)}
          action={texts.restore}
          busy={restore.busy}
          error={restore.error}
          onConfirm={() => restore.start()}
          onClose={() => setAsking(false)}
        >
          <p>{texts.restoreWhat(version, action.version + 1)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
