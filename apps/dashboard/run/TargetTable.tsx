import type { ExecutionPreview } from "@homeslice/protocol/executions.ts";
import { useMessages } from "../i18n/messages.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { exactText } from "../ui/exactText.ts";
import { StateBadge } from "../ui/StateBadge.tsx";

type Target = ExecutionPreview["targets"][number];

/** The servers that would be reached, in the order in which they would begin. */
export function TargetTable({ targets }: { targets: readonly Target[] }) {
  const { run: texts, servers } = useMessages();
  const columns: Column<Target>[] = [
    { key: "hostname", header: servers.name, cell: ({ hostname }) => exactText(hostname) },
    { key: "environment", header: servers.environment, cell: ({ environment }) => environment },
    { key: "status", header: servers.status, cell: ({ status }) => <StateBadge state={status} /> },
    { key: "batch", header: texts.batch, number: true, cell: ({ batch }) => batch + 1 },
  ];
  return <DataTable caption={texts.where} columns={columns} rows={targets} rowKey={({ server_id }) => server_id} />;
}
