import { NewWorkflow, type Workflow } from "@homeslice/protocol/workflows.ts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { api } from "../api/client.ts";
import { FormDialog } from "../forms/FormDialog.tsx";
import { TextField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { StepDrawing } from "./StepDrawing.tsx";
import { drawnSteps, readText, textOf } from "./workflowText.ts";

const EXAMPLE = `{
  "name": "",
  "steps": [
    {
      "name": "check",
      "execution": {
        "targets": { "environments": ["dev"] },
        "operation": { "type": "shell_command", "argv": ["/usr/bin/uptime"] }
      }
    },
    { "name": "approve", "needs": ["check"], "gate": { "message": "Shall it go on?" } }
  ]
}`;

interface WorkflowFormProps {
  /** The workflow to change; a new one without it. */
  readonly workflow?: Workflow;
  readonly onClose: () => void;
  readonly onSaved: (workflow: Workflow) => void;
}

/** Writes a workflow as text, beside its drawing and all that the orchestrator finds wrong with it. */
export function WorkflowForm({ workflow, onClose, onSaved }: WorkflowFormProps) {
  const { workflows: texts, forms } = useMessages();
  const form = useForm({
    initial: { text: workflow ? textOf(workflow) : EXAMPLE },
    body: ({ text }) => readText(text).value,
    schema: NewWorkflow,
    send: (body) =>
      workflow
        ? api.call("updateWorkflow", { params: { workflow_id: workflow.workflow_id }, version: workflow.version, body })
        : api.call("createWorkflow", { body }),
    invalidates: [["workflows"], ["workflow"]],
    onDone: (saved) => {
      onClose();
      onSaved(saved);
    },
  });
  return (
    <FormDialog
      title={workflow ? forms.editOf(workflow.name) : texts.create}
      action={forms.save}
      form={form}
      shown={[]}
      onClose={onClose}
    >
      <TextField
        path="*"
        label={texts.text}
        hint={texts.textHint}
        mono
        lines={18}
        value={form.draft.text}
        onChange={(text) => form.set({ text })}
      />
      <Judgement text={useDeferredValue(form.draft.text)} />
    </FormDialog>
  );
}

/** What a text would be as a workflow, and what is wrong with it, while it is written. */
function Judgement({ text }: { text: string }) {
  const { workflows: texts } = useMessages();
  const { value, fault } = readText(text);
  const checked = NewWorkflow.safeParse(value);
  const { data } = useQuery({
    queryKey: ["workflow-validation", checked.data],
    queryFn: () => {
      if (!checked.success) throw checked.error;
      return api.call("validateWorkflow", { body: checked.data });
    },
    enabled: checked.success,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const own = checked.error?.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message })) ?? [];
  const faults = fault === undefined ? [...own, ...(checked.success ? (data?.errors ?? []) : [])] : [];
  return (
    <>
      <div role="status">
        {fault !== undefined && <p className="field-error">{texts.notJson(fault)}</p>}
        {faults.length > 0 && (
          <ul className="plain-list">
            {faults.map(({ path, message }) => (
              <li key={`${path} ${message}`} className="field-error">
                <code>{path}</code>: {message}
              </li>
            ))}
          </ul>
        )}
        {checked.success && data?.valid && <p>{texts.valid}</p>}
      </div>
      <StepDrawing steps={drawnSteps(value)} />
    </>
  );
}
