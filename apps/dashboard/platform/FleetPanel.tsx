import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { serversQuery } from "../api/queries.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Mark } from "../ui/Mark.tsx";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";
import { type Share, sharesOf, troubledServers } from "./overview.ts";

/** So many servers in trouble are named. */
const NAMED = 50;

/** The servers as a whole: their states, the versions of their agents, and where a circuit breaker holds work back. */
export function FleetPanel() {
  const { platform: texts, states } = useMessages();
  const { data: servers, error, refetch } = useQuery(serversQuery);
  if (error)
    return (
      <Panel>
        <ErrorNotice error={error} reset={() => void refetch()} />
      </Panel>
    );
  if (!servers)
    return (
      <Panel>
        <Skeleton rows={2} />
      </Panel>
    );
  const troubled = troubledServers(servers);
  return (
    <Panel>
      <Shares title={texts.states} shares={sharesOf(servers, ({ status }) => states[status.current])} />
      <Shares
        title={texts.versions}
        shares={sharesOf(servers, ({ configuration }) => configuration.agent_version ?? texts.noAgent)}
      />
      <h3>{texts.breakers}</h3>
      {troubled.length === 0 && <p className="muted">{texts.noBreakers}</p>}
      {troubled.length > 0 && (
        <ul className="plain-list">
          {troubled.slice(0, NAMED).map(({ server_id, hostname, breaker }) => (
            <li key={server_id}>
              <Link to="/servers/$serverId" params={{ serverId: server_id }} search={{}}>
                {hostname}
              </Link>{" "}
              <Mark tone={breaker.state === "closed" ? "warning" : "bad"}>
                {texts.breaker(texts.breakerStates[breaker.state], breaker.failures, breaker.mode !== "auto")}
              </Mark>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Panel({ children }: { children: ReactNode }) {
  const { platform: texts } = useMessages();
  return (
    <section aria-labelledby="fleet-title" className="panel">
      <h2 id="fleet-title">{texts.fleet}</h2>
      {children}
    </section>
  );
}

function Shares({ title, shares }: { title: string; shares: readonly Share[] }) {
  return (
    <>
      <h3>{title}</h3>
      <ul className="chips">
        {shares.map(({ name, count }) => (
          <li key={name}>
            {name}: {count}
          </li>
        ))}
      </ul>
    </>
  );
}
