import type { TargetState } from "@homeslice/protocol/executions.ts";
import type { ServerState } from "@homeslice/protocol/servers.ts";
import { useMessages } from "../i18n/messages.tsx";

/** A state by shape, colour and word: never by colour alone. */
export function StateBadge({ state }: { state: TargetState | ServerState }) {
  const { states } = useMessages();
  return (
    <span className="badge" data-state={state}>
      {states[state]}
    </span>
  );
}
