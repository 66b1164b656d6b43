import type { AuditEvent } from "@homeslice/protocol/audit.ts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../api/client.ts";
import { pagesQuery } from "../api/pages.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import type { Column } from "../ui/DataTable.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Moment } from "../ui/Moment.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { AuditFilters } from "./AuditFilters.tsx";
import { auditFilter, exportAddress } from "./auditSearch.ts";
import { EventDialog } from "./EventDialog.tsx";
import { Verification } from "./Verification.tsx";

const route = getRouteApi("/audit");

const auditQuery = (filter: ReturnType<typeof auditFilter>) =>
  pagesQuery(["audit", filter], (place) => api.call("listAudit", { query: { ...filter, ...place } }));

/** Who did what, and what was refused: every entry, whether the log is intact, and all of it as a file. */
export function AuditPage() {
  const { audit: texts } = useMessages();
  const filter = auditFilter(route.useSearch());
  const list = useInfiniteQuery(auditQuery(filter));
  const [shown, setShown] = useState<AuditEvent>();
  const columns = useColumns(setShown);
  const mayVerify = useMay("audit:verify");
  return (
    <section aria-labelledby="audit-title" className="page">
      <div className="page-head">
        <h1 id="audit-title">{texts.title}</h1>
        <div className="actions page-action">
          <a className="button" href={exportAddress(filter, "csv")} download>
            {texts.exportCsv}
          </a>
          <a className="button" href={exportAddress(filter, "jsonl")} download>
            {texts.exportJson}
          </a>
        </div>
      </div>
      {mayVerify && <Verification />}
      <AuditFilters />
      <Listing
        caption={texts.title}
        list={list}
        columns={columns}
        rowKey={({ event_id }) => String(event_id)}
        empty={
          <EmptyState title={texts.none}>
            <p>{texts.noneFix}</p>
          </EmptyState>
        }
      />
      {shown && <EventDialog event={shown} onClose={() => setShown(undefined)} />}
    </section>
  );
}

function useColumns(show: (event: AuditEvent) => void): Column<AuditEvent>[] {
  const { audit: texts } = useMessages();
  return [
    {
      key: "type",
      header: texts.type,
      cell: (event) => (
        <Button className="button-quiet" onClick={() => show(event)}>
          {event.event_type}
        </Button>
      ),
    },
    { key: "at", header: texts.at, cell: ({ timestamp }) => <Moment at={timestamp} /> },
    { key: "actor", header: texts.actor, cell: ({ actor }) => actor.id },
    { key: "address", header: texts.address, cell: ({ actor }) => actor.ip_address },
    {
      key: "resource",
      header: texts.resource,
      cell: ({ resource }) => [resource.type, resource.name ?? resource.id?.slice(0, 8)].filter(Boolean).join(" · "),
    },
    {
      key: "result",
      header: texts.result,
      cell: ({ result }) => (
        <Mark tone={result.success ? "good" : "bad"}>{result.success ? texts.done : texts.refused}</Mark>
      ),
    },
  ];
}
