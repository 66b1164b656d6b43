import type { Execution } from "@homeslice/protocol/executions.ts";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMessages } from "../i18n/messages.tsx";
import { OperationView } from "../run/OperationView.tsx";
import { useServerNames } from "../servers/useServerNames.ts";
import { exactText } from "../ui/exactText.ts";
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
  const beyond = target_servers.length - NAMED;
  return (
    <div className="what-runs">
      <p>{texts.runs(target_servers.length)}</p>
      <OperationView operation={operation} />
      <ul className="chips" aria-label={texts.servers}>
        {named.map((id) => (
          <li key={id}>{exactText(nameOf(id))}</li>
        ))}
        {beyond > 0 && <li>{texts.more(beyond)}</li>}
      </ul>
    </div>
  );
}
