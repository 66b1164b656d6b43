import { NewSchedule, type Schedule } from "@homeslice/protocol/schedules.ts";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { showInLists } from "../api/optimistic.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import { scheduleQuery } from "./queries.ts";

/** Pauses a schedule, or lets it go on. */
export function PauseButton({ schedule }: { schedule: Schedule }) {
  const { schedules: texts } = useMessages();
  const queryClient = useQueryClient();
  const { schedule_id, version, name, paused } = schedule;
  const change = useChange({
    run: (changed: Schedule) => {
      const body = NewSchedule.strip().parse(changed);
      return api.call("updateSchedule", { params: { schedule_id }, version, body });
    },
    optimistic: (changed) => showInLists(queryClient, ["schedules"], changed, (one) => one.schedule_id),
    invalidates: [["schedules"], scheduleQuery(schedule_id).queryKey],
    says: (_answer, changed) => (changed.paused ? texts.nowPaused(name) : texts.nowActive(name)),
  });
  return (
    <Button
      aria-label={paused ? texts.resumeOf(name) : texts.pauseOf(name)}
      busy={change.busy}
      onClick={() => change.start({ ...schedule, paused: !paused, next_fire: paused ? schedule.next_fire : null })}
    >
      {paused ? texts.resume : texts.pause}
    </Button>
  );
}
