import { type AuditEvent, type AuditEventType, auditEventTypes } from "@homeslice/protocol";
import { readEvents } from "../../audit/repository.ts";
import { kindOf } from "../report.ts";

/** Attempts that were refused: logins, requests, agents, stolen tokens, executions that somebody did not approve. */
export const refusals = ofEvents(
  auditEventTypes.filter((type) => type.endsWith(".refused") || type === "refresh.reused"),
);

/** What is done to definitions, people, servers and locks: what may run, when and where, and who may see to it. */
const changed = /\.(created|updated|changed|deleted|revoked|registered|overridden|controlled|resealed|force_released)$/;

/** Changes to actions, to what starts them, and to who may do what. */
export const changes = ofEvents(auditEventTypes.filter((type) => changed.test(type)));

/** What people, schedules and hooks do with runs of workflows; what their steps ran where is told with the executions. */
export const workflows = ofEvents(
  auditEventTypes.filter((type) => /^workflow\.(started|resumed|cancelled|approved|refused)$/.test(type)),
);

function ofEvents(event_types: readonly AuditEventType[]) {
  return kindOf<AuditEvent>(
    {
      at: ({ timestamp }) => timestamp,
      event: ({ event_type }) => event_type,
      by: ({ actor }) => actor.id,
      from: ({ actor }) => actor.ip_address,
      object: ({ resource }) => resource.type,
      name: ({ resource }) => resource.name,
      reason: ({ result }) => result.error_message,
      details: ({ details }) => JSON.stringify(details),
      object_id: ({ resource }) => resource.id,
      position: ({ seal }) => seal?.position ?? null,
      hash: ({ seal }) => seal?.hash ?? null,
    },
    ({ connection, since, until }) =>
      readEvents(connection, { event_types, since: since.toISOString(), until: until.toISOString() }),
  );
}
