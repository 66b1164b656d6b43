import type { PlatformHealth } from "@homeslice/protocol/platform.ts";
import { useQuery } from "@tanstack/react-query";
import { useMessages } from "../i18n/messages.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Mark } from "../ui/Mark.tsx";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { AddressTable } from "./AddressTable.tsx";
import { BackupTable } from "./BackupTable.tsx";
import { CapacityTable } from "./CapacityTable.tsx";
import { DrillTable } from "./DrillTable.tsx";
import { Panel } from "./Panel.tsx";
import { platformQuery } from "./queries.ts";

/** What Prometheus measures around the orchestrator: services, addresses, backups and room. */
export function MeasuredPanels() {
  const { platform: texts } = useMessages();
  const { data, error, refetch } = useQuery(platformQuery);
  if (data?.prometheus === "ok") return <Measured health={data} />;
  return (
    <Panel title={texts.measured}>
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {!data && !error && <Skeleton rows={2} />}
      {data && <p className="muted">{data.prometheus === "none" ? texts.noPrometheus : texts.prometheusGone}</p>}
    </Panel>
  );
}

function Measured({ health }: { health: PlatformHealth }) {
  const { services, addresses, backups, drills, capacity, alerts } = health;
  const { platform: texts } = useMessages();
  return (
    <>
      <Panel title={texts.alerts} empty={alerts.length === 0 && texts.noAlerts}>
        <ul className="plain-list">
          {alerts.map(({ name, severity, subject }) => (
            <li key={`${name} ${subject}`}>
              <Mark tone={severity === "critical" ? "bad" : "warning"}>{name}</Mark> {subject}
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={texts.services} empty={services.length === 0 && texts.noServices}>
        <ServiceTable services={services} />
      </Panel>
      <Panel title={texts.addresses} empty={addresses.length === 0 && texts.noAddresses}>
        <AddressTable addresses={addresses} />
      </Panel>
      <Panel title={texts.backups} empty={backups.length === 0 && texts.noBackups}>
        <BackupTable backups={backups} />
      </Panel>
      <Panel title={texts.drills} empty={drills.length === 0 && texts.noDrills}>
        <p className="muted">{texts.drillsHint}</p>
        <DrillTable drills={drills} />
      </Panel>
      <Panel title={texts.capacity} empty={capacity.length === 0 && texts.noCapacity}>
        <p className="muted">{texts.capacityHint}</p>
        <CapacityTable capacity={capacity} />
      </Panel>
    </>
  );
}

function ServiceTable({ services }: Pick<PlatformHealth, "services">) {
  const { platform: texts } = useMessages();
  const columns: Column<PlatformHealth["services"][number]>[] = [
    { key: "name", header: texts.service, cell: ({ name }) => name },
    {
      key: "up",
      header: texts.instances,
      cell: ({ up, total }) => (
        <Mark tone={up === total ? "good" : up === 0 ? "bad" : "warning"}>{texts.upOf(up, total)}</Mark>
      ),
    },
  ];
  return <DataTable caption={texts.services} columns={columns} rows={services} rowKey={({ name }) => name} />;
}
