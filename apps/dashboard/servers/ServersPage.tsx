import type { Server } from "@homeslice/protocol/servers.ts";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { useMessages } from "../i18n/messages.tsx";
import type { RunSearch } from "../run/runSearch.ts";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { EmptyState, ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { EnrolDialog } from "./EnrolDialog.tsx";
import { useLiveServers } from "./liveServers.ts";
import { SavedViewsMenu } from "./SavedViewsMenu.tsx";
import { ServerFilters } from "./ServerFilters.tsx";
import { ServerTable } from "./ServerTable.tsx";
import { filterServers, type ServerSearch } from "./serverFilter.ts";
import { useServers } from "./useServers.ts";

/** More servers than these are chosen by what they are: an address is not endless. */
const MOST_IN_ADDRESS = 50;
const route = getRouteApi("/servers");

/** All servers that one may see, filtered by what the address says. */
export function ServersPage() {
  const { servers: texts, run } = useMessages();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, some, error, isPending, refetch } = useServers(search);
  const may = useMay("servers:write");
  const [enrolling, setEnrolling] = useState(false);
  useLiveServers(data !== undefined);
  const deferred = useDeferredValue(search);
  const shown = useMemo(() => filterServers(some, deferred), [some, deferred]);
  const change = (part: Partial<ServerSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });

  return (
    <section aria-labelledby="servers-title" className="page">
      <div className="page-head">
        <h1 id="servers-title">{texts.title}</h1>
        <p role="status">{data && texts.count(shown.length, data.length)}</p>
        {may && (
          <Button kind="primary" className="page-action" onClick={() => setEnrolling(true)}>
            {texts.enrol.title}
          </Button>
        )}
      </div>
      <ServerFilters servers={some} search={search} onChange={change} />
      <div className="actions">
        <SavedViewsMenu search={search} onChoose={(view) => void navigate({ search: view })} />
        {data && shown.length > 0 && (
          <Link to="/run" search={inAddress(shown, deferred)} className="button">
            {run.runOnThese(shown.length)}
          </Link>
        )}
      </div>
      {isPending && shown.length === 0 && <Skeleton rows={8} />}
      {error && <ErrorNotice error={error} reset={() => void refetch()} />}
      {data?.length === 0 && (
        <EmptyState title={texts.none}>
          <p>{texts.noneFix}</p>
          {may && <Button onClick={() => setEnrolling(true)}>{texts.enrol.title}</Button>}
        </EmptyState>
      )}
      {data && data.length > 0 && shown.length === 0 && (
        <EmptyState title={texts.noMatch}>
          <Button onClick={() => void navigate({ search: {} })}>{texts.clear}</Button>
        </EmptyState>
      )}
      {shown.length > 0 && <ServerTable servers={shown} search={search} onSort={change} />}
      {enrolling && <EnrolDialog onClose={() => setEnrolling(false)} />}
    </section>
  );
}

function inAddress(shown: readonly Server[], search: ServerSearch): RunSearch {
  if (shown.length > MOST_IN_ADDRESS) return { shown: search };
  return { servers: shown.map(({ server_id }) => server_id).join(",") };
}
