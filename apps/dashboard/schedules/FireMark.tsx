import type { ScheduleFire } from "@homeslice/protocol/schedules.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Mark, type Tone } from "../ui/Mark.tsx";

const tones: Record<ScheduleFire["outcome"], Tone> = {
  started: "good",
  failed: "bad",
  skipped: "quiet",
  missed: "warning",
};

/** What became of one time of a schedule. */
export function FireMark({ outcome }: Pick<ScheduleFire, "outcome">) {
  const { schedules } = useMessages();
  return <Mark tone={tones[outcome]}>{schedules.outcomes[outcome]}</Mark>;
}
