import { closeCode } from "@homeslice/protocol/closeCode.ts";
import type { Execution } from "@homeslice/protocol/executions.ts";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { ExecutionFeed, type FeedState } from "../live/executionFeed.ts";
import { useLiveSession } from "../session/useLiveSession.ts";
import { NotFound } from "../ui/notices.tsx";
import { PendingPage } from "../ui/PendingPage.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { ApprovalNotice } from "./ApprovalNotice.tsx";
import { Comparison } from "./Comparison.tsx";
import { ExecutionHead } from "./ExecutionHead.tsx";
import { ExecutionOutput } from "./ExecutionOutput.tsx";
import { ServerResults } from "./ServerResults.tsx";

const route = getRouteApi("/executions/$executionId");

/** One execution while it runs and after: its state on every server, and its output. */
export function ExecutionPage() {
  const { executions: texts } = useMessages();
  const { executionId } = route.useParams();
  const feed = useExecution(executionId);
  const { execution, connection, refused } = feed;
  if (refused?.code === closeCode.not_found) return <NotFound />;
  if (!execution) return <PendingPage title={texts.one} error={refused ? new Error(refused.reason) : null} />;
  return (
    <section aria-labelledby="execution-title" className="page page-monitor">
      <ExecutionHead execution={execution} />
      <ApprovalNotice execution={execution} />
      {connection === "lost" && (
        <p role="status" className="banner">
          {texts.connectionLost}
        </p>
      )}
      <Views execution={execution} feed={feed} />
    </section>
  );
}

function Views({ execution, feed }: { execution: Execution; feed: FeedState }) {
  const { executions: texts } = useMessages();
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Tabs
      label={texts.one}
      chosen={tab ?? "output"}
      onChoose={(name) => void navigate({ search: (before) => ({ ...before, tab: name }), replace: true })}
      tabs={[
        {
          name: "output",
          label: texts.tabs.output,
          content: () => <ExecutionOutput execution={execution} feed={feed} />,
        },
        { name: "servers", label: texts.tabs.servers, content: () => <ServerResults execution={execution} /> },
        { name: "comparison", label: texts.tabs.comparison, content: () => <Comparison execution={execution} /> },
      ]}
    />
  );
}

function useExecution(executionId: string): FeedState {
  const { knownAt, onLoggedOut } = useLiveSession();
  const feed = useMemo(() => {
    const url = `${globalThis.location.origin.replace(/^http/, "ws")}/ws/executions/${encodeURIComponent(executionId)}`;
    return new ExecutionFeed({ url, onLoggedOut });
  }, [executionId, onLoggedOut]);
  useEffect(() => {
    if (knownAt !== undefined) feed.resume();
  }, [feed, knownAt]);
  return useSyncExternalStore(feed.subscribe, () => feed.state);
}
