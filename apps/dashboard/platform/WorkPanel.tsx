import { useQuery } from "@tanstack/react-query";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Facts } from "../ui/Facts.tsx";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { duration } from "../ui/time.ts";
import { LimitButtons } from "./LimitForms.tsx";
import { limitsQuery, statisticsQuery } from "./queries.ts";

/** How much work there was in a day and how it ended, and how much there may be. */
export function WorkPanel() {
  const { platform: texts } = useMessages();
  const language = useLanguage();
  const statistics = useQuery(statisticsQuery);
  const limits = useQuery(limitsQuery);
  const mayLimit = useMay("limits:manage");
  const error = statistics.error ?? limits.error;
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const { data } = statistics;
  const limit = (most: number | null) => (most === null ? texts.unlimited : String(most));
  return (
    <section aria-labelledby="work-title" className="panel">
      <h2 id="work-title">{texts.work}</h2>
      {error && <ErrorNotice error={error} reset={() => void Promise.all([statistics.refetch(), limits.refetch()])} />}
      {!error && (!data || !limits.data) && <Skeleton rows={2} />}
      {data && (
        <Facts
          facts={[
            [texts.executions, String(data.executions)],
            [texts.success, data.success_rate !== null && percent.format(data.success_rate)],
            [texts.half, data.duration_seconds && duration(data.duration_seconds.p50)],
            [texts.most, data.duration_seconds && duration(data.duration_seconds.p95)],
          ]}
        />
      )}
      {limits.data && (
        <Facts
          facts={[
            [texts.running, texts.ofMost(limits.data.tenant.running, limit(limits.data.tenant.max_running))],
            [texts.waiting, texts.ofMost(limits.data.tenant.queued, limit(limits.data.tenant.max_queued))],
            [
              texts.total,
              limits.data.total && texts.ofMost(limits.data.total.running, limit(limits.data.total.max_running)),
            ],
          ]}
        />
      )}
      {limits.data && mayLimit && <LimitButtons limits={limits.data} />}
    </section>
  );
}
