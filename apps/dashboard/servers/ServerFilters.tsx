import { Environment, ServerState } from "@homeslice/protocol/servers.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Choice } from "../ui/Choice.tsx";
import type { ServerSearch } from "./serverFilter.ts";

interface ServerFiltersProps {
  readonly search: ServerSearch;
  readonly onChange: (part: Partial<ServerSearch>) => void;
}

export function ServerFilters({ search, onChange }: ServerFiltersProps) {
  const { servers: texts, states } = useMessages();
  const stateNames = Object.fromEntries(ServerState.options.map((state) => [state, states[state]]));
  const environmentNames = Object.fromEntries(Environment.options.map((name) => [name, name]));
  return (
    <search className="filters">
      <label>
        <span className="visually-hidden">{texts.search}</span>
        <input
          type="search"
          placeholder={texts.search}
          value={search.q ?? ""}
          onChange={({ target }) => onChange({ q: target.value === "" ? undefined : target.value })}
        />
      </label>
      <Choice
        label={texts.status}
        names={stateNames}
        value={search.status}
        onChange={(value) => onChange({ status: ServerState.optional().catch(undefined).parse(value) })}
      />
      <Choice
        label={texts.environment}
        names={environmentNames}
        value={search.environment}
        onChange={(value) => onChange({ environment: Environment.optional().catch(undefined).parse(value) })}
      />
    </search>
  );
}
