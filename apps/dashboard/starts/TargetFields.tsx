import { Environment } from "@homeslice/protocol/servers.ts";
import { ChecksField, TextField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { ServerList } from "./ServerList.tsx";
import type { TargetDraft } from "./targetDraft.ts";

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
