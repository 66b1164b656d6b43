import { Environment } from "@homeslice/protocol/servers.ts";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { serversQuery } from "../api/queries.ts";
import { ChecksField, TextField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { Button } from "../ui/Button.tsx";
import type { TargetDraft } from "./targetDraft.ts";

const PROPOSALS = 50;

interface TargetFieldsProps {
  readonly draft: TargetDraft;
  /** Places in the body of servers by their ids, and by what they are; the ids are left out where none can be given. */
  readonly paths: { readonly servers?: string; readonly selector: string };
  readonly onChange: (draft: TargetDraft) => void;
}

/** Fields that choose servers: by what they are, and one by one. */
export function TargetFields({ draft, paths, onChange }: TargetFieldsProps) {
  const { starts: texts } = useMessages();
  const set = (part: Partial<TargetDraft>) => onChange({ ...draft, ...part });
  return (
    <fieldset className="group">
      <legend>{texts.where}</legend>
      <p className="field-hint">{texts.whereHint}</p>
      <ChecksField
        path={`${paths.selector}.environments`}
        label={texts.environments}
        options={Environment.options.map((name) => [name, name] as const)}
        chosen={draft.environments}
        onChange={(environments) => set({ environments })}
      />
      <TextField
        path={`${paths.selector}.tags`}
        label={texts.tags}
        hint={texts.tagsHint}
        optional
        value={draft.tags}
        onChange={(tags) => set({ tags })}
      />
      <TextField
        path={`${paths.selector}.groups`}
        label={texts.groups}
        hint={texts.groupsHint}
        optional
        value={draft.groups}
        onChange={(groups) => set({ groups })}
      />
      <TextField
        path={`${paths.selector}.filter.hostname`}
        label={texts.hostname}
        hint={texts.hostnameHint}
        optional
        value={draft.hostname}
        onChange={(hostname) => set({ hostname })}
      />
      {paths.servers !== undefined && (
        <ServerList path={paths.servers} chosen={draft.servers} onChange={(servers) => set({ servers })} />
      )}
    </fieldset>
  );
}

interface ServerListProps {
  readonly path: string;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Servers that are chosen one by one, by their names. */
function ServerList({ path, chosen, onChange }: ServerListProps) {
  const { starts: texts } = useMessages();
  const { data: servers = [] } = useQuery(serversQuery);
  const [typed, setTyped] = useState("");
  const found = servers.find(({ hostname }) => hostname === typed.trim());
  const proposals = servers.filter(({ hostname }) => hostname.includes(typed.trim())).slice(0, PROPOSALS);
  const add = () => {
    if (!found) return;
    onChange([...chosen.filter((id) => id !== found.server_id), found.server_id]);
    setTyped("");
  };
  return (
    <div className="field">
      <div className="with-button">
        <TextField
          path={path}
          label={texts.server}
          hint={texts.serverHint}
          optional
          value={typed}
          proposals={proposals.map(({ hostname }) => hostname)}
          onChange={setTyped}
        />
        <Button onClick={add} disabled={!found}>
          {texts.add}
        </Button>
      </div>
      {chosen.length > 0 && (
        <ul className="chips" aria-label={texts.chosenServers}>
          {chosen.map((id) => {
            const name = servers.find(({ server_id }) => server_id === id)?.hostname ?? id;
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
        </ul>
      )}
    </div>
  );
}
