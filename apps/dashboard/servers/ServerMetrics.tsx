import type { Server } from "@homeslice/protocol/servers.ts";
import { useEffect, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { LineChart } from "../ui/LineChart.tsx";
import { EmptyState } from "../ui/notices.tsx";

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

/** The measurements of a server as lines. */
export function ServerMetrics({ samples }: { samples: readonly Sample[] }) {
  const { servers: texts } = useMessages();
  const percent = (value: number) => `${Math.round(value)} %`;
  const bytes = (value: number) => `${(value / 1_048_576).toFixed(1)} MiB/s`;
  const charts = [
    { title: texts.load, of: (sample: Sample) => sample.load_average?.[0], say: (value: number) => value.toFixed(2) },
    { title: texts.processor, of: (sample: Sample) => sample.cpu_usage_percent, say: percent, max: 100 },
    { title: texts.memory, of: (sample: Sample) => sample.memory_usage_percent, say: percent, max: 100 },
    { title: texts.disk, of: (sample: Sample) => sample.disk_usage_percent, say: percent, max: 100 },
    { title: texts.diskRead, of: (sample: Sample) => sample.disk_read_bytes_per_second, say: bytes },
    { title: texts.diskWrite, of: (sample: Sample) => sample.disk_write_bytes_per_second, say: bytes },
  ];
  if (samples.length === 0) {
    return (
      <EmptyState title={texts.noMetrics}>
        <p>{texts.noMetricsFix}</p>
      </EmptyState>
    );
  }
  return (
    <>
      <p className="muted">{texts.metricsSince}</p>
      <div className="charts">
        {charts.map(({ title, of, say, max }) => {
          const values = samples.flatMap((sample) => of(sample) ?? []);
          const newest = values.at(-1);
          if (newest === undefined) return null;
          return (
            <LineChart
              key={title}
              title={title}
              values={values}
              newest={say(newest)}
              {...(max === undefined ? {} : { max })}
            />
          );
        })}
      </div>
    </>
  );
}
