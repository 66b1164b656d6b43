import type { MeasuredDrill } from "@homeslice/protocol/platform.ts";
import { useMessages } from "../i18n/messages.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Mark, type Tone } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { duration } from "../ui/time.ts";
import { useNow } from "../ui/useNow.ts";
import { daysUntil } from "./overview.ts";

const tones: Record<MeasuredDrill["state"], Tone> = { ok: "good", running: "busy", failed: "bad", never: "warning" };

/** A proof that is older says little of the backups of today. */
const STALE_DAYS = 31;

/** Whether the newest backup of each service was restored aside, when, and how long that took. */
export function DrillTable({ drills }: { drills: readonly MeasuredDrill[] }) {
  const { platform: texts } = useMessages();
  const now = useNow();
  const isStale = ({ last_success: at }: MeasuredDrill) => at !== null && daysUntil(at, now) < -STALE_DAYS;
  const columns: Column<MeasuredDrill>[] = [
    { key: "name", header: texts.drill, cell: ({ name }) => name },
    {
      key: "state",
      header: texts.newest,
      cell: ({ state }) => <Mark tone={tones[state]}>{texts.drillStates[state]}</Mark>,
    },
    {
      key: "success",
      header: texts.lastSuccess,
      cell: (drill) => (
        <>
          {drill.last_success ? <Moment at={drill.last_success} /> : texts.never}
          {isStale(drill) && <Mark tone="warning">{texts.longAgo}</Mark>}
        </>
      ),
    },
    { key: "took", header: texts.took, cell: ({ seconds }) => seconds !== null && duration(seconds) },
    {
      key: "failure",
      header: texts.lastFailure,
      cell: ({ last_failure: at }) => at && <Moment at={at} />,
    },
    { key: "next", header: texts.next, cell: ({ next }) => next && <Moment at={next} /> },
  ];
  return <DataTable caption={texts.drills} columns={columns} rows={drills} rowKey={({ name }) => name} />;
}
