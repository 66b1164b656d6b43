import { type Execution, isFinal } from "@homeslice/protocol/executions.ts";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState, useSyncExternalStore } from "react";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { ExecutionFeed, type FeedState } from "../live/executionFeed.ts";
import { LogView } from "../logs/LogView.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { NotFound } from "../ui/notices.tsx";
import { PendingPage } from "../ui/PendingPage.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { duration } from "../ui/time.ts";
import { titleOf } from "./title.ts";

const route = getRouteApi("/executions/$executionId");

/** One execution while it runs and after: its state on every server, and its output. */
export function ExecutionPage() {
  const { executions: texts } = useMessages();
  const { executionId } = route.useParams();
  const { execution, log, connection, refused } = useExecution(executionId);
  if (refused !== undefined) return <NotFound />;
  if (!execution) return <PendingPage title={texts.one} error={null} />;
  return (
    <section aria-labelledby="execution-title" className="page page-monitor">
      <ExecutionHead execution={execution} />
      {connection === "lost" && (
        <p role="status" className="banner">
          {texts.connectionLost}
        </p>
      )}
      <LogView log={log} lines={log.lines} ended={connection === "ended"} />
    </section>
  );
}

function useExecution(executionId: string): FeedState {
  const feed = useMemo(() => {
    const url = `${globalThis.location.origin.replace(/^http/, "ws")}/ws/executions/${encodeURIComponent(executionId)}`;
    return new ExecutionFeed({ url });
  }, [executionId]);
  return useSyncExternalStore(feed.subscribe, () => feed.state);
}

function ExecutionHead({ execution }: { execution: Execution }) {
  const { executions: texts } = useMessages();
  const states = Object.values(execution.status.per_server);
  const done = states.filter(({ status }) => isFinal(status)).length;
  const [only] = execution.results.details;
  return (
    <header className="page-head">
      <h1 id="execution-title">
        <code>{titleOf(execution)}</code>
      </h1>
      <p role="status">
        <StateBadge state={execution.status.overall} /> {texts.of(done, states.length)}
        {execution.timing.duration_seconds !== null && ` · ${duration(execution.timing.duration_seconds)}`}
        {states.length === 1 && typeof only?.exit_code === "number" && ` · ${texts.exitCode(only.exit_code)}`}
      </p>
      <progress max={states.length} value={done} aria-label={texts.of(done, states.length)} />
      {done < states.length && <CancelButton executionId={execution.execution_id} open={states.length - done} />}
    </header>
  );
}

function CancelButton({ executionId, open }: { executionId: string; open: number }) {
  const { executions: texts } = useMessages();
  const [asking, setAsking] = useState(false);
  const cancel = useChange({
    run: () => api.call("cancelExecution", { params: { execution_id: executionId } }),
    says: () => texts.cancelAsked,
    onDone: () => setAsking(false),
  });
  return (
    <>
      <Button kind="danger" onClick={() => setAsking(true)}>
        {texts.cancel}
      </Button>
      {asking && (
        <ConfirmDialog
          title={texts.cancelTitle}
          action={texts.cancel}
          danger
          busy={cancel.busy}
          error={cancel.error}
          onConfirm={cancel.start}
          onClose={() => setAsking(false)}
        >
          <p>{texts.cancelWhat(open)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
