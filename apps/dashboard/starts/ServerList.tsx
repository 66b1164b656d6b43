import { MAX_TARGETS } from "@homeslice/protocol/targets.ts";
import { useQuery } from "@tanstack/react-query";
import { use, useMemo, useState } from "react";
import { serversQuery } from "../api/queries.ts";
import { FaultsContext, TextField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";

const PROPOSALS = 50;
/** So many of the chosen servers stand there one by one; of thousands, one is left out by its name. */
const MOST_CHIPS = 50;

interface ServerListProps {
  readonly path: string;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Servers that are chosen one by one, by their names. */
export function ServerList({ path, chosen, onChange }: ServerListProps) {
  const { starts: texts } = useMessages();
  const { data: servers = [] } = useQuery(serversQuery);
  const [typed, setTyped] = useState("");
  const faults = use(FaultsContext);
  const excess = chosen.length - MAX_TARGETS;
  // At once, and not when it is sent: whoever has chosen so many has yet to learn of a better way.
  const known = excess > 0 ? { ...faults, [path]: texts.tooManyServers(MAX_TARGETS, excess) } : faults;
  const found = servers.find(({ hostname }) => hostname === typed.trim());
  const isChosen = found !== undefined && chosen.includes(found.server_id);
  const proposals = servers.filter(({ hostname }) => hostname.includes(typed.trim())).slice(0, PROPOSALS);
  const take = () => {
    if (!found) return;
    const others = chosen.filter((id) => id !== found.server_id);
    onChange(isChosen ? others : [...others, found.server_id]);
    setTyped("");
  };
  return (
    <div className="field">
      <div className="with-button">
        <FaultsContext value={known}>
          <TextField
            path={path}
            label={texts.server}
            hint={texts.serverHint}
            optional
            value={typed}
            proposals={proposals.map(({ hostname }) => hostname)}
            onChange={setTyped}
          />
        </FaultsContext>
        <Button onClick={take} disabled={!found}>
          {isChosen ? texts.leaveOut : texts.add}
        </Button>
        {chosen.length > MOST_CHIPS && <Button onClick={() => onChange([])}>{texts.leaveAllOut}</Button>}
      </div>
      {chosen.length > 0 && <Chips chosen={chosen} onChange={onChange} />}
    </div>
  );
}

/** The first of the chosen servers, each with a way to leave it out, and how many there are besides. */
function Chips({ chosen, onChange }: Pick<ServerListProps, "chosen" | "onChange">) {
  const { starts: texts } = useMessages();
  const { data: servers } = useQuery(serversQuery);
  const names = useMemo(() => new Map(servers?.map(({ server_id, hostname }) => [server_id, hostname])), [servers]);
  return (
    <ul className="chips" aria-label={texts.chosenServers}>
      {chosen.slice(0, MOST_CHIPS).map((id) => {
        const name = names.get(id) ?? id;
        return (
          <li key={id}>
            {name}
            <Button
              className="button-quiet"
              aria-label={texts.remove(name)}
              onClick={() => onChange(chosen.filter((other) => other !== id))}
            >
              <span aria-hidden="true">✕</span>
            </Button>
          </li>
        );
      })}
      {chosen.length > MOST_CHIPS && <li>{texts.moreServers(chosen.length - MOST_CHIPS)}</li>}
    </ul>
  );
}
