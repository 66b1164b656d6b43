import type { Schedule } from "@homeslice/protocol/schedules.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery } from "../starts/actionsQuery.ts";
import { startTitle } from "../starts/startTitle.ts";
import { workflowChoiceQuery } from "../starts/workflowsQuery.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { SearchBox } from "../ui/SearchBox.tsx";
import { FireMark } from "./FireMark.tsx";
import { PauseButton } from "./PauseButton.tsx";
import { schedulesQuery } from "./queries.ts";
import { ScheduleForm } from "./ScheduleForm.tsx";
import { ScheduleSearch } from "./scheduleSearch.ts";
import { useTimingText } from "./useTimingText.ts";

const route = getRouteApi("/schedules");

/** What starts by itself: when next, and what became of it last. */
export function SchedulesPage() {
  const { schedules: texts, forms } = useMessages();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(schedulesQuery(search));
  const columns = useColumns();
  const mayWrite = useMay("schedules:write");
  const [creating, setCreating] = useState(false);
  const change = (part: ScheduleSearch) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <section aria-labelledby="schedules-title" className="page">
      <div className="page-head">
        <h1 id="schedules-title">{texts.title}</h1>
        {mayWrite && (
          <Button kind="primary" className="page-action" onClick={() => setCreating(true)}>
            {texts.create}
          </Button>
        )}
      </div>
      <search className="filters">
        <SearchBox label={texts.search} value={search.q} onChange={(q) => change({ q })} />
        <Choice
          label={texts.state}
          names={{ false: texts.active, true: texts.paused }}
          value={search.paused}
          onChange={(paused) => change(ScheduleSearch.pick({ paused: true }).parse({ paused }))}
        />
      </search>
      <Listing
        caption={texts.title}
        list={list}
        columns={columns}
        rowKey={({ schedule_id }) => schedule_id}
        empty={
          <EmptyState title={search.q || search.paused ? texts.noMatch : texts.none}>
            <p>{mayWrite ? texts.noneFix : forms.onlyReading}</p>
          </EmptyState>
        }
      />
      {creating && (
        <ScheduleForm
          onClose={() => setCreating(false)}
          onSaved={({ schedule_id }) =>
            void navigate({ to: "/schedules/$scheduleId", params: { scheduleId: schedule_id }, search: {} })
          }
        />
      )}
    </section>
  );
}

function useColumns(): Column<Schedule>[] {
  const { schedules: texts, forms } = useMessages();
  const { data: actions } = useQuery(actionChoiceQuery);
  const { data: workflows } = useQuery(workflowChoiceQuery);
  const timingText = useTimingText();
  const mayWrite = useMay("schedules:write");
  return [
    {
      key: "name",
      header: forms.name,
      cell: ({ schedule_id, name }) => (
        <Link to="/schedules/$scheduleId" params={{ scheduleId: schedule_id }}>
          {name}
        </Link>
      ),
    },
    { key: "timing", header: texts.when, cell: ({ timing }) => timingText(timing) },
    {
      key: "what",
      header: texts.what,
      cell: (row) => startTitle(row, { actions, workflows }),
    },
    {
      key: "next",
      header: texts.next,
      cell: ({ next_fire, paused }) => (next_fire ? <Moment at={next_fire} /> : paused ? texts.paused : texts.over),
    },
    { key: "last", header: texts.last, cell: ({ last_fire }) => last_fire && <FireMark outcome={last_fire.outcome} /> },
    ...(mayWrite
      ? [{ key: "pause", header: forms.actions, cell: (row: Schedule) => <PauseButton schedule={row} /> }]
      : []),
  ];
}
