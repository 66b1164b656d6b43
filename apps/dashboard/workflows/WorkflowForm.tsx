import type { Action } from "@homeslice/protocol/actions.ts";
import { NewWorkflow, type Workflow } from "@homeslice/protocol/workflows.ts";
import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { DefinitionDialog, DescriptionField, NameField } from "../forms/DefinitionDialog.tsx";
import { FaultsContext, TextField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { actionChoiceQuery } from "../starts/actionsQuery.ts";
import { Button } from "../ui/Button.tsx";
import { FaultList } from "../ui/FaultList.tsx";
import { StepDrawing } from "./StepDrawing.tsx";
import { StepFields } from "./StepFields.tsx";
import { useJudgement } from "./useJudgement.ts";
import {
  emptyStep,
  type WorkflowDraft,
  withChange,
  withoutStep,
  withStep,
  workflowDraftOf,
  workflowOf,
} from "./workflowDraft.ts";
import { drawnSteps, readText, textOf } from "./workflowText.ts";

interface WorkflowFormProps {
  /** The workflow to change; a new one without it. */
  readonly workflow?: Workflow;
  readonly onClose: () => void;
  readonly onSaved: (workflow: Workflow) => void;
}

/** Builds a workflow, or changes one, once it is known what its steps can run. */
export function WorkflowForm(props: WorkflowFormProps) {
  const { data, isPending } = useQuery(actionChoiceQuery);
  return isPending ? null : <LoadedForm {...props} actions={data ?? []} />;
}

/** A workflow as fields and as text, each following the other, with its drawing and all that is wrong with it. */
function LoadedForm({ workflow, actions, onClose, onSaved }: WorkflowFormProps & { actions: readonly Action[] }) {
  const { workflows: texts } = useMessages();
  const form = useForm({
    initial: initialDraft(workflow, actions),
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
  const { fields, text } = form.draft;
  const judgement = useJudgement(text);
  const setFields = (changed: WorkflowDraft) =>
    form.set({ fields: changed, text: textOf(workflowOf(changed, actions)) });
  const setText = (changed: string) => {
    const read = NewWorkflow.safeParse(readText(changed).value);
    form.set({ text: changed, ...(read.success && { fields: workflowDraftOf(read.data, actions) }) });
  };
  return (
    <DefinitionDialog held={workflow} create={texts.create} form={form} shown={[]} onClose={onClose}>
      <FaultsContext value={{ ...judgement.faults, ...form.faults }}>
        <WorkflowFields draft={fields} actions={actions} onChange={setFields} />
        <TextField path="*" label={texts.text} hint={texts.textHint} mono lines={12} value={text} onChange={setText} />
      </FaultsContext>
      <Verdict judgement={judgement} />
      <StepDrawing steps={drawnSteps(judgement.value)} />
    </DefinitionDialog>
  );
}

function initialDraft(workflow: Workflow | undefined, actions: readonly Action[]) {
  const fields = workflow
    ? workflowDraftOf(NewWorkflow.strip().parse(workflow), actions)
    : { name: "", description: "", steps: [emptyStep("step_1")] };
  return { fields, text: textOf(workflowOf(fields, actions)) };
}

interface WorkflowFieldsProps {
  readonly draft: WorkflowDraft;
  readonly actions: readonly Action[];
  readonly onChange: (draft: WorkflowDraft) => void;
}

function WorkflowFields({ draft, actions, onChange }: WorkflowFieldsProps) {
  const { workflows: texts } = useMessages();
  const { steps } = draft;
  const form = { draft, set: (part: Partial<WorkflowDraft>) => onChange({ ...draft, ...part }) };
  return (
    <>
      <NameField form={form} />
      <DescriptionField form={form} />
      {steps.map((step, place) => (
        <StepFields
          key={step.key}
          step={step}
          path={`steps.${place}`}
          others={namesOf(steps.filter(({ key }) => key !== step.key))}
          actions={actions}
          onChange={(part) => onChange(withChange(draft, step.key, part))}
          onRemove={() => onChange(withoutStep(draft, step.key))}
        />
      ))}
      <div className="actions">
        <Button onClick={() => onChange(withStep(draft))}>{texts.addStep}</Button>
      </div>
    </>
  );
}

function namesOf(steps: WorkflowDraft["steps"]): string[] {
  return [...new Set(steps.map(({ name }) => name))].filter((name) => name !== "");
}

/** What is wrong with it as it is now, or that nothing is. */
function Verdict({ judgement: { unreadable, all, valid } }: { judgement: ReturnType<typeof useJudgement> }) {
  const { workflows: texts } = useMessages();
  return (
    <div role="status">
      {unreadable !== undefined && <p className="field-error">{texts.notJson(unreadable)}</p>}
      {all.length > 0 && (
        <div className="field-error">
          <FaultList faults={all} />
        </div>
      )}
      {valid && <p>{texts.valid}</p>}
    </div>
  );
}
