import type { Schedule, ScheduleFire } from "@homeslice/protocol/schedules.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../api/client.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery } from "../starts/actionsQuery.ts";
import { StartedLink } from "../starts/StartedLink.tsx";
import { startTitle } from "../starts/startTitle.ts";
import { workflowChoiceQuery } from "../starts/workflowsQuery.ts";
import { Button } from "../ui/Button.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Moment, moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { PendingPage } from "../ui/PendingPage.tsx";
import { FireMark } from "./FireMark.tsx";
import { FiresPreview } from "./FiresPreview.tsx";
import { PauseButton } from "./PauseButton.tsx";
import { firesQuery, scheduleQuery } from "./queries.ts";
import { ScheduleForm } from "./ScheduleForm.tsx";
import { useTimingText } from "./useTimingText.ts";

const route = getRouteApi("/schedules/$scheduleId");

/** One schedule: when it is due, what it starts, and what became of each time. */
export function SchedulePage() {
  const { schedules: texts } = useMessages();
  const { scheduleId } = route.useParams();
  const { data: schedule, error, refetch } = useQuery(scheduleQuery(scheduleId));
  if (!schedule) return <PendingPage title={texts.one} error={error} reset={() => void refetch()} />;
  return <ScheduleDetail schedule={schedule} />;
}

function ScheduleDetail({ schedule }: { schedule: Schedule }) {
  const { schedules: texts } = useMessages();
  return (
    <section aria-labelledby="schedule-title" className="page">
      <div className="page-head">
        <h1 id="schedule-title">{schedule.name}</h1>
        <p>
          <Mark tone={schedule.paused ? "warning" : "good"}>{schedule.paused ? texts.paused : texts.active}</Mark>
        </p>
        <ScheduleActions schedule={schedule} />
      </div>
      {schedule.description !== "" && <p>{schedule.description}</p>}
      <ScheduleFacts schedule={schedule} />
      {!schedule.paused && <FiresPreview timing={schedule.timing} />}
      <h2>{texts.fires}</h2>
      <Fires schedule={schedule} />
    </section>
  );
}

function ScheduleActions({ schedule }: { schedule: Schedule }) {
  const { schedules: texts, forms } = useMessages();
  const navigate = route.useNavigate();
  const mayWrite = useMay("schedules:write");
  const [editing, setEditing] = useState(false);
  if (!mayWrite) return null;
  const { schedule_id, version, name } = schedule;
  return (
    <div className="actions page-action">
      <PauseButton schedule={schedule} />
      <Button onClick={() => setEditing(true)}>{forms.edit}</Button>
      <DeleteButton
        name={name}
        consequence={texts.deleteConsequence}
        run={() => api.call("deleteSchedule", { params: { schedule_id }, version })}
        invalidates={[["schedules"]]}
        onDone={() => void navigate({ to: "/schedules", search: {} })}
      />
      {editing && <ScheduleForm schedule={schedule} onClose={() => setEditing(false)} onSaved={() => undefined} />}
    </div>
  );
}

function ScheduleFacts({ schedule }: { schedule: Schedule }) {
  const { schedules: texts } = useMessages();
  const { data: actions } = useQuery(actionChoiceQuery);
  const { data: workflows } = useQuery(workflowChoiceQuery);
  const timingText = useTimingText();
  const { timing, next_fire, metadata } = schedule;
  return (
    <Facts
      facts={[
        [texts.when, timingText(timing)],
        [texts.next, next_fire && <Moment at={next_fire} />],
        [texts.what, <code key="what">{startTitle(schedule, { actions, workflows })}</code>],
        [texts.overlap, texts.overlaps[schedule.overlap]],
        [texts.catchUp, texts.catchUps[schedule.catch_up]],
        [texts.owner, metadata.owner],
      ]}
    />
  );
}

function Fires({ schedule }: { schedule: Schedule }) {
  const { schedules: texts } = useMessages();
  const language = useLanguage();
  const list = useInfiniteQuery(firesQuery(schedule.schedule_id));
  const zone = schedule.timing.type === "cron" ? schedule.timing.time_zone : undefined;
  const columns: Column<ScheduleFire>[] = [
    { key: "at", header: texts.scheduled, cell: ({ scheduled_at }) => moment(scheduled_at, language, zone) },
    { key: "outcome", header: texts.outcome, cell: ({ outcome }) => <FireMark outcome={outcome} /> },
    {
      key: "execution",
      header: texts.execution,
      cell: (fire) => <StartedLink started={fire} />,
    },
    { key: "message", header: texts.message, cell: ({ message }) => message },
  ];
  return (
    <Listing
      caption={texts.fires}
      list={list}
      columns={columns}
      rowKey={({ scheduled_at }) => scheduled_at}
      empty={<EmptyState title={texts.noFires} />}
    />
  );
}
