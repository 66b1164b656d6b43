import type { Action } from "@homeslice/protocol/actions.ts";
import { type Hook, NewHook } from "@homeslice/protocol/hooks.ts";
import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { FormDialog } from "../forms/FormDialog.tsx";
import { CheckField, TextField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { actionChoiceQuery, actionOf } from "../starts/actionsQuery.ts";
import { ActionFields } from "../starts/StartFields.tsx";
import { TargetFields } from "../starts/TargetFields.tsx";
import { CallerFields, GuardFields } from "./HookFields.tsx";
import { emptyHook, hookDraftOf, hookOf } from "./hookDraft.ts";

interface HookFormProps {
  /** The hook to change; a new one without it. */
  readonly hook?: Hook;
  readonly onClose: () => void;
  readonly onSaved: (hook: Hook) => void;
}

/** Creates a hook, or changes one, once it is known what can be started. */
export function HookForm(props: HookFormProps) {
  const { data, isPending } = useQuery(actionChoiceQuery);
  return isPending ? null : <LoadedForm {...props} actions={data ?? []} />;
}

function LoadedForm({ hook, actions, onClose, onSaved }: HookFormProps & { actions: readonly Action[] }) {
  const { hooks: texts, forms } = useMessages();
  const form = useForm({
    initial: hook ? hookDraftOf(hook, actionOf(actions, hook.action_template_id)) : emptyHook,
    body: (draft) => hookOf(draft, actionOf(actions, draft.actionId), hook),
    schema: NewHook,
    send: (body) =>
      hook
        ? api.call("updateHook", { params: { hook_id: hook.hook_id }, version: hook.version, body })
        : api.call("createHook", { body }),
    invalidates: [["hooks"], ["hook"]],
    onDone: (saved) => {
      onClose();
      onSaved(saved);
    },
  });
  const { draft, set } = form;
  return (
    <FormDialog
      title={hook ? forms.editOf(hook.name) : texts.create}
      action={forms.save}
      form={form}
      shown={Object.keys(NewHook.shape)}
      onClose={onClose}
    >
      <TextField path="name" label={forms.name} value={draft.name} onChange={(name) => set({ name })} />
      <CallerFields draft={draft} set={set} isNew={hook === undefined} />
      <fieldset className="group">
        <legend>{texts.starts}</legend>
        {hook?.workflow_id !== undefined && <p className="field-hint">{texts.workflowHint}</p>}
        <ActionFields draft={draft} actions={actions} path="" onChange={set} />
        <TextField
          path="parameters_from"
          label={texts.parametersFrom}
          hint={texts.parametersFromHint}
          optional
          mono
          lines={2}
          value={draft.parametersFrom}
          onChange={(parametersFrom) => set({ parametersFrom })}
        />
        <TextField
          path="host_from"
          label={texts.hostFrom}
          hint={texts.hostFromHint}
          optional
          mono
          value={draft.hostFrom}
          onChange={(hostFrom) => set({ hostFrom })}
        />
      </fieldset>
      <TargetFields draft={draft.targets} paths={{ selector: "targets" }} onChange={(targets) => set({ targets })} />
      <GuardFields draft={draft} set={set} />
      <CheckField label={texts.enabled} checked={draft.enabled} onChange={(enabled) => set({ enabled })} />
    </FormDialog>
  );
}
