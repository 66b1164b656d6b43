import { MetricHours } from "@homeslice/protocol/platform.ts";
import type { Server } from "@homeslice/protocol/servers.ts";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../api/client.ts";
import { RadioField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { LineChart } from "../ui/LineChart.tsx";
import { EmptyState, ErrorNotice, Skeleton } from "../ui/notices.tsx";

type Sample = Server["status"];
/** About half an hour of heartbeats. */
const KEPT = 200;

/** What a server measured, each heartbeat since its page was opened. */
export function useSamples(server: Server | undefined): readonly Sample[] {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const status = server?.status;
  useEffect(() => {
    if (status?.load_average === undefined) return;
    setSamples((held) =>
      held.at(-1)?.last_heartbeat === status.last_heartbeat ? held : [...held.slice(1 - KEPT), status],
    );
  }, [status]);
  return samples;
}

/** The measurements of a server as lines: since the page was opened, or over longer times from Prometheus. */
export function ServerMetrics({ serverId, samples }: { serverId: string; samples: readonly Sample[] }) {
  const { servers: texts } = useMessages();
  const [hours, setHours] = useState<MetricHours | "live">("live");
  return (
    <div className="stack">
      <fieldset className="group">
        <legend>{texts.span}</legend>
        <RadioField options={["live", ...MetricHours.options]} names={texts.spans} value={hours} onChange={setHours} />
      </fieldset>
      {hours === "live" ? <LiveMetrics samples={samples} /> : <PastMetrics serverId={serverId} hours={hours} />}
    </div>
  );
}

function LiveMetrics({ samples }: { samples: readonly Sample[] }) {
  const { servers: texts } = useMessages();
  if (samples.length === 0) {
    return (
      <EmptyState title={texts.noMetrics}>
        <p>{texts.noMetricsFix}</p>
      </EmptyState>
    );
  }
  const of = (read: (sample: Sample) => number | null | undefined) => samples.flatMap((sample) => read(sample) ?? []);
  return (
    <>
      <p className="muted">{texts.metricsSince}</p>
      <Charts
        load={of(({ load_average }) => load_average?.[0])}
        processor={of(({ cpu_usage_percent }) => cpu_usage_percent)}
        memory={of(({ memory_usage_percent }) => memory_usage_percent)}
        disk={of(({ disk_usage_percent }) => disk_usage_percent)}
        diskRead={of(({ disk_read_bytes_per_second }) => disk_read_bytes_per_second)}
        diskWrite={of(({ disk_write_bytes_per_second }) => disk_write_bytes_per_second)}
      />
    </>
  );
}

const metricsQuery = (server_id: string, hours: MetricHours) =>
  queryOptions({
    queryKey: ["servers", server_id, "metrics", hours],
    queryFn: () => api.call("getServerMetrics", { params: { server_id }, query: { hours } }),
    refetchInterval: 60_000,
  });

function PastMetrics({ serverId, hours }: { serverId: string; hours: MetricHours }) {
  const { servers: texts } = useMessages();
  const { data, error, refetch } = useQuery(metricsQuery(serverId, hours));
  if (error) return <ErrorNotice error={error} reset={() => void refetch()} />;
  if (!data) return <Skeleton rows={4} />;
  const { prometheus, load, cpu_usage_percent, memory_usage_percent, disk_usage_percent } = data;
  if (load.length + cpu_usage_percent.length === 0) {
    return (
      <EmptyState title={texts.noPast}>
        <p>{prometheus === "unreachable" ? texts.prometheusGone : texts.noPastFix}</p>
      </EmptyState>
    );
  }
  const values = (points: readonly (readonly [string, number])[]) => points.map(([, value]) => value);
  return (
    <Charts
      load={values(load)}
      processor={values(cpu_usage_percent)}
      memory={values(memory_usage_percent)}
      disk={values(disk_usage_percent)}
    />
  );
}

type Charted = "load" | "processor" | "memory" | "disk" | "diskRead" | "diskWrite";

/** A line for each value that is known, with what it was last. */
function Charts(values: { readonly [name in Charted]?: readonly number[] }) {
  const { servers: texts } = useMessages();
  const percent = { say: (value: number) => `${Math.round(value)} %`, max: 100 };
  const bytes = { say: (value: number) => `${(value / 1_048_576).toFixed(1)} MiB/s` };
  const charts = [
    { name: "load", say: (value: number) => value.toFixed(2) },
    { name: "processor", ...percent },
    { name: "memory", ...percent },
    { name: "disk", ...percent },
    { name: "diskRead", ...bytes },
    { name: "diskWrite", ...bytes },
  ] as const;
  return (
    <div className="charts">
      {charts.map(({ name, say, ...rest }) => {
        const newest = values[name]?.at(-1);
        if (newest === undefined) return null;
        return <LineChart key={name} title={texts[name]} values={values[name] ?? []} newest={say(newest)} {...rest} />;
      })}
    </div>
  );
}
