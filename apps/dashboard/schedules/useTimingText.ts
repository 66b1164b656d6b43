import type { Timing } from "@homeslice/protocol/schedules.ts";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { moment } from "../ui/Moment.tsx";

/** Says in a few words when something is due. */
export function useTimingText(): (timing: Timing) => string {
  const { schedules: texts } = useMessages();
  const language = useLanguage();
  return (timing) =>
    timing.type === "once"
      ? texts.once(moment(timing.at, language))
      : texts.cron(timing.expression, timing.time_zone, timing.black_outs.length);
}
