import { type Hook, NewHook } from "@homeslice/protocol/hooks.ts";
import { api } from "../api/client.ts";
import { DefinitionDialog, DescriptionField, NameField } from "../forms/DefinitionDialog.tsx";
import { CheckField, RadioField, TextField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { actionOf } from "../starts/actionsQuery.ts";
import { ActionFields } from "../starts/StartFields.tsx";
import { TargetFields } from "../starts/TargetFields.tsx";
import { type Startable, useStartable } from "../starts/useStartable.ts";
import { WorkflowFields } from "../starts/WorkflowFields.tsx";
import { workflowOf } from "../starts/workflowsQuery.ts";
import { CallerFields, GuardFields } from "./HookFields.tsx";
import { emptyHook, type HookDraft, hookDraftOf, hookOf } from "./hookDraft.ts";

interface HookFormProps {
  /** The hook to change; a new one without it. */
  readonly hook?: Hook;
  readonly onClose: () => void;
  readonly onSaved: (hook: Hook) => void;
}

/** Creates a hook, or changes one, once it is known what can be started. */
export function HookForm(props: HookFormProps) {
  const startable = useStartable();
  return startable && <LoadedForm {...props} {...startable} />;
}

function LoadedForm({ hook, actions, workflows, onClose, onSaved }: HookFormProps & Startable) {
  const { hooks: texts } = useMessages();
  const definitionsOf = (actionId: string | undefined, workflowId?: string) =>
    (actionOf(actions, actionId) ?? workflowOf(workflows, workflowId))?.parameters;
  const form = useForm({
    initial: hook ? hookDraftOf(hook, definitionsOf(hook.action_template_id, hook.workflow_id)) : emptyHook,
    body: (draft) => {
      const { starts, actionId, workflowId } = draft;
      return hookOf(draft, starts === "execution" ? definitionsOf(actionId) : definitionsOf("", workflowId), hook);
    },
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
    <DefinitionDialog
      held={hook}
      create={texts.create}
      form={form}
      shown={Object.keys(NewHook.shape)}
      onClose={onClose}
    >
      <NameField form={form} />
      <CallerFields draft={draft} set={set} isNew={hook === undefined} />
      <WhatFields draft={draft} set={set} actions={actions} workflows={workflows} />
      {draft.starts === "execution" && (
        <TargetFields draft={draft.targets} paths={{ selector: "targets" }} onChange={(targets) => set({ targets })} />
      )}
      <GuardFields draft={draft} set={set} />
      <DescriptionField form={form} />
      <CheckField label={texts.enabled} checked={draft.enabled} onChange={(enabled) => set({ enabled })} />
    </DefinitionDialog>
  );
}

interface WhatFieldsProps extends Startable {
  readonly draft: HookDraft;
  readonly set: (part: Partial<HookDraft>) => void;
}

/** What it starts, with what of an alert. */
function WhatFields({ draft, set, actions, workflows }: WhatFieldsProps) {
  const { hooks: texts, starts } = useMessages();
  return (
    <fieldset className="group">
      <legend>{texts.starts}</legend>
      <RadioField
        options={["execution", "workflow"]}
        names={{ ...starts.chooses, execution: starts.kinds.action }}
        value={draft.starts}
        onChange={(value) => set({ starts: value, actionId: "", workflowId: "", parameters: {} })}
      />
      {draft.starts === "execution" ? (
        <ActionFields draft={draft} actions={actions} path="" onChange={set} />
      ) : (
        <WorkflowFields draft={draft} workflows={workflows} before="" onChange={set} />
      )}
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
      {draft.starts === "execution" && (
        <TextField
          path="host_from"
          label={texts.hostFrom}
          hint={texts.hostFromHint}
          optional
          mono
          value={draft.hostFrom}
          onChange={(hostFrom) => set({ hostFrom })}
        />
      )}
    </fieldset>
  );
}
