import { auditEventTypes } from "@homeslice/protocol/audit.ts";
import { getRouteApi } from "@tanstack/react-router";
import { useMessages } from "../i18n/messages.tsx";
import { Choice } from "../ui/Choice.tsx";
import { DayRange } from "../ui/DayRange.tsx";
import { SearchBox } from "../ui/SearchBox.tsx";
import { AuditSearch } from "./auditSearch.ts";

const route = getRouteApi("/audit");
const typeNames = Object.fromEntries(auditEventTypes.toSorted().map((type) => [type, type]));

/** Which entries are shown, and exported. */
export function AuditFilters() {
  const { audit: texts } = useMessages();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Record<string, string | undefined>) =>
    void navigate({ search: (before) => AuditSearch.parse({ ...before, ...part }), replace: true });
  return (
    <search className="filters">
      <Choice label={texts.type} names={typeNames} value={search.type} onChange={(type) => change({ type })} />
      <SearchBox label={texts.actor} value={search.actor} onChange={(actor) => change({ actor })} />
      <SearchBox label={texts.resourceType} value={search.resource} onChange={(resource) => change({ resource })} />
      <SearchBox label={texts.resourceId} value={search.id} onChange={(id) => change({ id })} />
      <Choice
        label={texts.result}
        names={{ yes: texts.done, no: texts.refused }}
        value={search.success}
        onChange={(success) => change({ success })}
      />
      <DayRange from={search.from} to={search.to} onChange={change} />
    </search>
  );
}
