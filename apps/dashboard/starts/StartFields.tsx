import type { Action } from "@homeslice/protocol/actions.ts";
import { use } from "react";
import { faultAt } from "../forms/faults.ts";
import { FaultsContext, RadioField, SelectField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { CommandField } from "../run/CommandField.tsx";
import { actionOf } from "./actionsQuery.ts";
import { ParameterFields } from "./ParameterFields.tsx";
import { draftOf } from "./parameterDraft.ts";
import type { StartDraft } from "./startDraft.ts";
import { TargetFields } from "./TargetFields.tsx";

interface StartFieldsProps {
  readonly draft: StartDraft;
  readonly actions: readonly Action[];
  /** Place of the start in the body. */
  readonly path: string;
  readonly onChange: (draft: StartDraft) => void;
}

/** What is started, and where: an action with its parameters, or a command. */
export function StartFields({ draft, actions, path, onChange }: StartFieldsProps) {
  const { starts: texts } = useMessages();
  const commandFault = faultAt(use(FaultsContext), `${path}.operation`);
  const set = (part: Partial<StartDraft>) => onChange({ ...draft, ...part });
  const kinds = draft.kind === "other" ? (["action", "command", "other"] as const) : (["action", "command"] as const);
  return (
    <>
      <fieldset className="group">
        <legend>{texts.what}</legend>
        <RadioField options={kinds} names={texts.kinds} value={draft.kind} onChange={(kind) => set({ kind })} />
        {draft.kind === "action" && <ActionFields draft={draft} actions={actions} path={path} onChange={onChange} />}
        {draft.kind === "command" && (
          <CommandField lines={3} error={commandFault} value={draft.command} onChange={(command) => set({ command })} />
        )}
      </fieldset>
      <TargetFields
        draft={draft.targets}
        paths={{ servers: `${path}.target_servers`, selector: `${path}.targets` }}
        onChange={(targets) => set({ targets })}
      />
    </>
  );
}

/** The choice of an action, and its parameters. */
export function ActionFields<Draft extends Pick<StartDraft, "actionId" | "parameters">>(props: {
  readonly draft: Draft;
  readonly actions: readonly Action[];
  readonly path: string;
  readonly onChange: (draft: Draft) => void;
}) {
  const { draft, actions, path, onChange } = props;
  const { starts: texts } = useMessages();
  const before = path === "" ? "" : `${path}.`;
  return (
    <>
      <SelectField
        path={`${before}action_template_id`}
        label={texts.action}
        none={actions.length === 0 ? texts.noActions : texts.chooseAction}
        value={draft.actionId}
        options={actions.map((action) => [action.action_id, action.name] as const)}
        onChange={(actionId) => {
          const parameters = draftOf(actionOf(actions, actionId)?.parameters ?? {});
          onChange({ ...draft, actionId, parameters });
        }}
      />
      <ParameterFields
        definitions={actionOf(actions, draft.actionId)?.parameters ?? {}}
        draft={draft.parameters}
        path={`${before}parameters`}
        onChange={(parameters) => onChange({ ...draft, parameters })}
      />
    </>
  );
}
