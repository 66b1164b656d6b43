import { Environment, type Server, ServerState } from "@homeslice/protocol/servers.ts";
import { useMemo } from "react";
import { useMessages } from "../i18n/messages.tsx";
import { Choice } from "../ui/Choice.tsx";
import { Seen, type ServerSearch } from "./serverFilter.ts";

interface ServerFiltersProps {
  /** Those whose groups and tags can be chosen. */
  readonly servers: readonly Server[];
  readonly search: ServerSearch;
  readonly onChange: (part: Partial<ServerSearch>) => void;
}

export function ServerFilters({ servers, search, onChange }: ServerFiltersProps) {
  const { servers: texts, states } = useMessages();
  const groups = useMemo(() => namesOf(servers.flatMap(({ server_group }) => server_group ?? [])), [servers]);
  const tags = useMemo(() => namesOf(servers.flatMap((server) => server.tags)), [servers]);
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
        names={Object.fromEntries(ServerState.options.map((state) => [state, states[state]]))}
        value={search.status}
        onChange={(value) => onChange({ status: ServerState.optional().catch(undefined).parse(value) })}
      />
      <Choice
        label={texts.environment}
        names={namesOf(Environment.options)}
        value={search.environment}
        onChange={(value) => onChange({ environment: Environment.optional().catch(undefined).parse(value) })}
      />
      <Choice label={texts.group} names={groups} value={search.group} onChange={(group) => onChange({ group })} />
      <Choice label={texts.tag} names={tags} value={search.tag} onChange={(tag) => onChange({ tag })} />
      <Choice
        label={texts.lastSeen}
        names={texts.seen}
        value={search.seen}
        onChange={(value) => onChange({ seen: Seen.optional().catch(undefined).parse(value) })}
      />
    </search>
  );
}

/** Each name once and in order, shown as it is. */
function namesOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, name]));
}
