import type { Execution } from "@homeslice/protocol/executions.ts";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import type { FeedState } from "../live/executionFeed.ts";
import { LogView } from "../logs/LogView.tsx";
import type { LineName } from "../logs/lineName.ts";
import { readLog } from "../logs/readLog.ts";
import { useServerNames } from "../servers/useServerNames.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import { saveFile } from "../ui/saveFile.ts";

const route = getRouteApi("/executions/$executionId");

/** The output of an execution, of all its servers or of one. */
export function ExecutionOutput({ execution, feed: { log, connection } }: { execution: Execution; feed: FeedState }) {
  const { executions: texts } = useMessages();
  const { server, line } = route.useSearch();
  const navigate = route.useNavigate();
  const servers = execution.target_servers;
  const name = useServerNames(servers);
  const goTo = useCallback(
    (named: LineName) =>
      void navigate({ search: (before) => ({ ...before, line: named }), replace: true, resetScroll: false }),
    [navigate],
  );
  const address = useCallback(
    (named: LineName) => `?${new URLSearchParams({ ...(server !== undefined && { server }), line: named })}`,
    [server],
  );
  const isOfMany = servers.length > 1 && server === undefined;
  return (
    <LogView
      key={server}
      log={server === undefined ? log.all : log.of(server)}
      ended={connection === "ended"}
      named={line}
      onName={goTo}
      address={address}
      server={isOfMany ? name : undefined}
    >
      {servers.length > 1 && (
        <Choice
          label={texts.server}
          names={Object.fromEntries(servers.map((id) => [id, name(id)]))}
          value={server}
          onChange={(chosen) => void navigate({ search: (before) => ({ ...before, server: chosen }), replace: true })}
        />
      )}
      <DownloadButton execution={execution} servers={server === undefined ? servers : [server]} />
    </LogView>
  );
}

function DownloadButton({ execution, servers }: { execution: Execution; servers: readonly string[] }) {
  const { executions: texts } = useMessages();
  const name = useServerNames(execution.target_servers);
  const download = useChange({
    run: () => readLog(execution.execution_id, servers, name),
    onDone: (text) => saveFile(`${execution.execution_id}.log`, text),
  });
  return (
    <Button busy={download.busy} onClick={() => download.start()}>
      {texts.download}
    </Button>
  );
}
