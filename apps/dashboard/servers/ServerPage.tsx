import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { serverQuery } from "../api/queries.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { PendingPage } from "../ui/PendingPage.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { useLiveServers } from "./liveServers.ts";
import { ServerBreaker } from "./ServerBreaker.tsx";
import { ServerHistory } from "./ServerHistory.tsx";
import { ServerLocks } from "./ServerLocks.tsx";
import { ServerMetrics, useSamples } from "./ServerMetrics.tsx";
import { ServerOverview } from "./ServerOverview.tsx";
import { ServerRun } from "./ServerRun.tsx";

const route = getRouteApi("/servers/$serverId");

/** One server: what it is, how it is, and what has run on it. */
export function ServerPage() {
  const { servers: texts } = useMessages();
  const { serverId } = route.useParams();
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: server, error, refetch } = useQuery(serverQuery(serverId));
  const samples = useSamples(server);
  const may = useMay("executions:start");
  useLiveServers(server !== undefined);
  if (!server) return <PendingPage title={texts.title} error={error} reset={() => void refetch()} />;
  return (
    <section aria-labelledby="server-title" className="page">
      <header className="page-head">
        <h1 id="server-title">{server.hostname}</h1>
        <p role="status">
          <StateBadge state={server.status.current} />
        </p>
      </header>
      <Tabs
        label={server.hostname}
        chosen={tab ?? "overview"}
        onChoose={(name) => void navigate({ search: { tab: name }, replace: true })}
        tabs={[
          { name: "overview", label: texts.tabs.overview, content: () => <ServerOverview server={server} /> },
          {
            name: "metrics",
            label: texts.tabs.metrics,
            content: () => <ServerMetrics serverId={serverId} samples={samples} />,
          },
          ...(may
            ? [{ name: "run" as const, label: texts.tabs.run, content: () => <ServerRun server={server} /> }]
            : []),
          { name: "history", label: texts.tabs.history, content: () => <ServerHistory serverId={serverId} /> },
          { name: "locks", label: texts.tabs.locks, content: () => <ServerLocks serverId={serverId} /> },
          { name: "breaker", label: texts.tabs.breaker, content: () => <ServerBreaker server={server} /> },
        ]}
      />
    </section>
  );
}
