import {
  type ReportFormat,
  type ReportKind,
  reportFormats,
  reportKindNames,
  reportKinds,
} from "@homeslice/protocol/reports.ts";
import { getRouteApi } from "@tanstack/react-router";
import { useId } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { DayRange } from "../ui/DayRange.tsx";
import { dayEnd, dayStart } from "../ui/days.ts";
import { ReportSearch } from "./reportSearch.ts";

const route = getRouteApi("/reports");

/** What auditors ask for, as files: one of each kind, over a time of one's choice. */
export function ReportsPage() {
  const { reports: texts } = useMessages();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <section aria-labelledby="reports-title" className="page">
      <div className="page-head">
        <h1 id="reports-title">{texts.title}</h1>
        <p>{texts.intro}</p>
      </div>
      <div className="filters">
        <DayRange
          from={search.from}
          to={search.to}
          onChange={(part) =>
            void navigate({ search: (before) => ReportSearch.parse({ ...before, ...part }), replace: true })
          }
        />
      </div>
      <ul className="reports">
        {reportKindNames.map((kind) => (
          <ReportCard key={kind} kind={kind} period={search} />
        ))}
      </ul>
    </section>
  );
}

function ReportCard({ kind, period }: { kind: ReportKind; period: ReportSearch }) {
  const { reports: texts } = useMessages();
  const heading = useId();
  if (!useMay(reportKinds[kind].permission)) return null;
  return (
    <li>
      <h2 id={heading}>{texts.kinds[kind].title}</h2>
      <p>{texts.kinds[kind].what}</p>
      <p className="report-formats">
        {reportFormats.map((format) => (
          <a key={format} className="button" href={addressOf(kind, format, period)} download aria-describedby={heading}>
            {format.toUpperCase()}
          </a>
        ))}
      </p>
    </li>
  );
}

function addressOf(kind: ReportKind, format: ReportFormat, { from, to }: ReportSearch): string {
  const period = { ...(from && { since: dayStart(from) }), ...(to && { until: dayEnd(to) }) };
  return `/api/v1/reports/${kind}?${new URLSearchParams({ format, ...period })}`;
}
