import type { Action } from "@homeslice/protocol/actions.ts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, problemOf } from "../api/client.ts";
import { faultsOf } from "../forms/faults.ts";
import { FaultsContext } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useSettled } from "../run/useSettled.ts";
import { useMay } from "../session/useMay.ts";
import { ParameterFields } from "../starts/ParameterFields.tsx";
import { draftOf, faultsOfFilled, parametersOf } from "../starts/parameterDraft.ts";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { exactText } from "../ui/exactText.ts";
import { EmptyState, ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";

/** The exact command on every server that an action applies to, with parameters that are tried out; nothing runs. */
export function ActionPreview({ action }: { action: Action }) {
  const { actions: texts } = useMessages();
  const mayRun = useMay("executions:start");
  const [draft, setDraft] = useState(() => draftOf(action.parameters));
  const parameters = useSettled(JSON.stringify(parametersOf(action.parameters, draft)));
  const preview = useQuery({
    queryKey: ["actions", "preview", action.action_id, action.version, parameters],
    queryFn: () =>
      api.call("previewAction", {
        params: { action_id: action.action_id },
        body: { parameters: JSON.parse(parameters) },
      }),
    retry: false,
    placeholderData: keepPreviousData,
  });
  return (
    <div className="split">
      <FaultsContext value={faultsOfFilled(faultsOf(preview.error), draft, "parameters")}>
        <div className="form">
          <p className="muted">{texts.previewWhat}</p>
          <ParameterFields definitions={action.parameters} draft={draft} path="parameters" onChange={setDraft} />
          {mayRun && (
            <div className="actions">
              <Link to="/run" search={{ action: action.action_id, dry: true }} className="button">
                {texts.dryRun}
              </Link>
            </div>
          )}
        </div>
      </FaultsContext>
      <div className="form">
        {preview.error &&
          (problemOf(preview.error).errors === undefined ? (
            <ErrorNotice error={preview.error} />
          ) : (
            <p className="muted">{texts.previewAwaits}</p>
          ))}
        {preview.isPending && <Skeleton rows={4} />}
        {preview.data && !preview.error && <Commands servers={preview.data.servers} />}
      </div>
    </div>
  );
}

interface PreviewedServer {
  readonly server_id: string;
  readonly hostname: string;
  readonly status: Parameters<typeof StateBadge>[0]["state"];
  readonly command: string;
}

function Commands({ servers }: { servers: readonly PreviewedServer[] }) {
  const { actions: texts, servers: names } = useMessages();
  if (servers.length === 0) return <EmptyState title={texts.noServers} />;
  const columns: Column<PreviewedServer>[] = [
    { key: "hostname", header: names.name, cell: ({ hostname }) => exactText(hostname) },
    { key: "status", header: names.status, cell: ({ status }) => <StateBadge state={status} /> },
    { key: "command", header: texts.command, cell: ({ command }) => <code>{exactText(command)}</code> },
  ];
  return (
    <DataTable caption={texts.tabs.preview} columns={columns} rows={servers} rowKey={({ server_id }) => server_id} />
  );
}
