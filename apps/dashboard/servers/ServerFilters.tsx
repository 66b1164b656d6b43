import { Environment, ServerState } from "@homeslice/protocol/servers.ts";
import { useId } from "react";
import { useMessages } from "../i18n/messages.tsx";
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

interface ChoiceProps {
  readonly label: string;
  /** What can be chosen: value → what is shown for it. */
  readonly names: Readonly<Record<string, string>>;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** One of several, or any. */
function Choice({ label, names, value, onChange }: ChoiceProps) {
  const { any } = useMessages().servers;
  const id = useId();
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value ?? ""} onChange={({ target }) => onChange(target.value || undefined)}>
        <option value="">{any}</option>
        {Object.entries(names).map(([name, shown]) => (
          <option key={name} value={name}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}
