import type { AuditEvent } from "@homeslice/protocol/audit.ts";
import { useLanguage, useMessages } from "../i18n/messages.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Facts } from "../ui/Facts.tsx";
import { moment } from "../ui/Moment.tsx";

/** One entry of the audit log with everything that it says. */
export function EventDialog({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
  const { audit: texts } = useMessages();
  const language = useLanguage();
  const { actor, resource, result, seal, details } = event;
  return (
    <Dialog title={event.event_type} onClose={onClose} wide>
      <Facts
        facts={[
          [texts.at, moment(event.timestamp, language)],
          [texts.actor, actor.id],
          [texts.address, actor.ip_address],
          [texts.userAgent, actor.user_agent],
          [texts.resourceType, resource.type],
          [texts.resourceName, resource.name],
          [texts.resourceId, resource.id],
          [texts.result, result.success ? texts.done : texts.refused],
          [texts.reason, result.error_message],
          [texts.affected, result.affected_count],
          [texts.position, seal?.position],
          [texts.hash, seal && <code>{seal.hash}</code>],
        ]}
      />
      <section className="event-details" tabIndex={0} aria-label={texts.details}>
        <pre>{JSON.stringify(details, undefined, 2)}</pre>
      </section>
    </Dialog>
  );
}
