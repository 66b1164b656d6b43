import { useMessages } from "../i18n/messages.tsx";
import { QueuePanel } from "../locks/QueuePanel.tsx";
import { useMay } from "../session/useMay.ts";
import { AuditPanel } from "./AuditPanel.tsx";
import { DriftPanel } from "./DriftPanel.tsx";
import { FleetPanel } from "./FleetPanel.tsx";
import { MeasuredPanels } from "./MeasuredPanels.tsx";
import { OrchestratorPanel } from "./OrchestratorPanel.tsx";
import { WorkPanel } from "./WorkPanel.tsx";

/** How the installation itself is, as far as the orchestrator and Prometheus know. */
export function PlatformPage() {
  const { platform: texts } = useMessages();
  const mayMeasure = useMay("platform:read");
  const mayVerify = useMay("audit:verify");
  return (
    <section aria-labelledby="platform-title" className="page">
      <h1 id="platform-title">{texts.title}</h1>
      <p className="muted">{texts.about}</p>
      <OrchestratorPanel />
      <QueuePanel />
      <WorkPanel />
      <FleetPanel />
      {mayMeasure && <MeasuredPanels />}
      {mayMeasure && <DriftPanel />}
      {mayVerify && <AuditPanel />}
    </section>
  );
}
