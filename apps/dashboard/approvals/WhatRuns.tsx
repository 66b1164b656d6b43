import type { Execution } from "@homeslice/protocol/executions.ts";
import type { UseQueryResult } from "@tanstack/react-query";
import { titleOf } from "../executions/title.ts";
import { useMessages } from "../i18n/messages.tsx";
import { plainText } from "../logs/ansi.ts";
import { useServerNames } from "../servers/useServerNames.ts";
import { ErrorNotice, Skeleton } from "../ui/notices.tsx";

/** So many servers are named; of more, how many more there are. */
const NAMED = 50;

/** Exactly what would run, and where. */
export function WhatRuns({ query: { data, error, refetch } }: { query: UseQueryResult<Execution> }) {
  const { approvals: texts } = useMessages();
  const named = data?.target_servers.slice(0, NAMED) ?? [];
  const nameOf = useServerNames(named);
  if (error) return <ErrorNotice error={error} reset={() => void refetch()} />;
  if (!data) return <Skeleton rows={2} />;
  const { operation, target_servers } = data;
  const details = Object.entries(operation).filter(([name]) => name !== "type" && name !== "argv");
  const beyond = target_servers.length - NAMED;
  return (
    <div className="what-runs">
      <p>{texts.runs(target_servers.length)}</p>
      <pre className="command">{titleOf({ operation })}</pre>
      {details.length > 0 && (
        <ul className="plain-list">
          {details.map(([name, value]) => (
            <li key={name}>
              {name}: <code>{plainText(typeof value === "string" ? value : JSON.stringify(value))}</code>
            </li>
          ))}
        </ul>
      )}
      <ul className="chips" aria-label={texts.servers}>
        {named.map((id) => (
          <li key={id}>{plainText(nameOf(id))}</li>
        ))}
        {beyond > 0 && <li>{texts.more(beyond)}</li>}
      </ul>
    </div>
  );
}
