import { Timing } from "@homeslice/protocol/schedules.ts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId } from "react";
import { api, problemOf } from "../api/client.ts";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { moment } from "../ui/Moment.tsx";
import { Skeleton } from "../ui/notices.tsx";

const SHOWN = 5;
/** As high as those. */
const SKELETON_ROWS = 3;

/** When a timing is due next, as the orchestrator itself works it out; while one is writing it, too. */
export function FiresPreview({ timing }: { timing: unknown }) {
  const { schedules: texts } = useMessages();
  const language = useLanguage();
  const title = useId();
  const checked = Timing.safeParse(useDeferredValue(timing));
  const { data, error } = useQuery({
    queryKey: ["timing", checked.data],
    queryFn: async () => {
      if (!checked.success) throw checked.error;
      return (await api.call("previewTiming", { body: { timing: checked.data, count: SHOWN } })).fires;
    },
    enabled: checked.success,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const zone = checked.data?.type === "cron" ? checked.data.time_zone : undefined;
  const refused = error && (problemOf(error).errors?.[0]?.message ?? problemOf(error).detail);
  return (
    <section aria-labelledby={title} className="fires-preview" aria-live="polite">
      <h2 id={title}>{texts.nextFires}</h2>
      {!checked.success && <p className="muted">{texts.incomplete}</p>}
      {checked.success && !data && !error && <Skeleton rows={SKELETON_ROWS} />}
      {checked.success && refused && <p className="field-error">{refused}</p>}
      {checked.success && data?.length === 0 && <p className="muted">{texts.never}</p>}
      {checked.success && !refused && data && data.length > 0 && (
        <ol>
          {data.map((at) => (
            <li key={at}>
              <time dateTime={at}>{moment(at, language, zone)}</time>
            </li>
          ))}
        </ol>
      )}
      {zone !== undefined && <p className="field-hint">{texts.inZone(zone)}</p>}
    </section>
  );
}
