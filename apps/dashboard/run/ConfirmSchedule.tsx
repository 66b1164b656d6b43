import type { NewSchedule } from "@homeslice/protocol/schedules.ts";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useTimingText } from "../schedules/useTimingText.ts";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import type { ConfirmRunProps } from "./ConfirmRun.tsx";
import { RunPreview } from "./RunPreview.tsx";

interface ConfirmScheduleProps extends Pick<ConfirmRunProps, "preview" | "rules" | "onClose"> {
  readonly body: NewSchedule;
}

/** Shows when it would begin, and what it would do on the servers of now, before it becomes a schedule. */
export function ConfirmSchedule({ body, preview, rules, onClose }: ConfirmScheduleProps) {
  const { run: texts } = useMessages();
  const navigate = useNavigate();
  const timingText = useTimingText();
  const save = useChange({
    run: () => api.call("createSchedule", { body }),
    invalidates: [["schedules"]],
    says: () => texts.scheduled,
    onDone: ({ schedule_id }) =>
      void navigate({ to: "/schedules/$scheduleId", params: { scheduleId: schedule_id }, search: {} }),
  });
  return (
    <ConfirmDialog
      title={texts.confirmSchedule(body.name)}
      action={texts.schedule}
      busy={save.busy}
      error={save.error}
      onConfirm={() => save.start()}
      onClose={onClose}
    >
      <p>
        <strong>{timingText(body.timing)}</strong>
      </p>
      <RunPreview preview={preview} rules={rules} dryRun={body.execution?.dry_run ?? false} />
      {body.execution?.targets !== undefined && <p className="muted">{texts.chosenAnew}</p>}
    </ConfirmDialog>
  );
}
