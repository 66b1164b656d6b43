import { useQuery } from "@tanstack/react-query";
import { useMessages } from "../i18n/messages.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { metricsQuery, readinessQuery } from "./queries.ts";

const MEBIBYTE = 1_048_576;

/** The orchestrator that answers, and what it needs. */
export function OrchestratorPanel() {
  const { platform: texts } = useMessages();
  const { data, error, refetch } = useQuery(readinessQuery);
  return (
    <section aria-labelledby="orchestrator-title" className="panel">
      <div className="page-head">
        <h2 id="orchestrator-title">{texts.orchestrator}</h2>
        {data && (
          <p role="status">
            <Mark tone={data.ready ? "good" : "bad"}>{data.ready ? texts.ready : texts.notReady}</Mark>
          </p>
        )}
      </div>
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {!data && !error && <Skeleton rows={1} />}
      {data && (
        <Facts
          facts={Object.entries(data.checks).map(([name, state]) => [
            texts.checks[name] ?? name,
            <Mark key={name} tone={state === "ok" ? "good" : "bad"}>
              {texts.checkStates[state] ?? state}
            </Mark>,
          ])}
        />
      )}
      <Measurements />
    </section>
  );
}

function Measurements() {
  const { platform: texts } = useMessages();
  const { data, error } = useQuery(metricsQuery);
  if (error || data?.size === 0) return <p className="muted">{texts.noMetrics}</p>;
  if (!data) return <Skeleton rows={1} />;
  const started = data.get("process_start_time_seconds");
  const memory = data.get("process_resident_memory_bytes");
  const lag = data.get("nodejs_eventloop_lag_p99_seconds");
  return (
    <Facts
      facts={[
        [texts.up, started !== undefined && <Moment at={new Date(started * 1_000).toISOString()} />],
        [texts.memory, memory !== undefined && `${Math.round(memory / MEBIBYTE)} MiB`],
        [texts.lag, lag !== undefined && `${Math.round(lag * 1_000)} ms`],
        [texts.links, data.get("homeslice_agents_connected")],
      ]}
    />
  );
}
