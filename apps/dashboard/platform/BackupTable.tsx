import type { MeasuredBackup } from "@homeslice/protocol/platform.ts";
import { useMessages } from "../i18n/messages.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Mark, type Tone } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";

const tones: Record<MeasuredBackup["state"], Tone> = { ok: "good", running: "busy", failed: "bad", waiting: "quiet" };

/** What is backed up, whether that succeeded, and when it is next. */
export function BackupTable({ backups }: { backups: readonly MeasuredBackup[] }) {
  const { platform: texts } = useMessages();
  const columns: Column<MeasuredBackup>[] = [
    { key: "name", header: texts.backup, cell: ({ name }) => name },
    {
      key: "state",
      header: texts.newest,
      cell: ({ state }) => <Mark tone={tones[state]}>{texts.backupStates[state]}</Mark>,
    },
    {
      key: "success",
      header: texts.lastSuccess,
      cell: ({ last_success }) => (last_success ? <Moment at={last_success} /> : texts.never),
    },
    { key: "next", header: texts.next, cell: ({ next }) => next && <Moment at={next} /> },
  ];
  return <DataTable caption={texts.backups} columns={columns} rows={backups} rowKey={({ name }) => name} />;
}
