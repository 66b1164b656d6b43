import { NewWorkflowRun, type Workflow } from "@homeslice/protocol/workflows.ts";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../api/client.ts";
import { FormDialog } from "../forms/FormDialog.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { newKey } from "../run/newKey.ts";
import { ParameterFields } from "../starts/ParameterFields.tsx";
import { draftOf, parametersOf } from "../starts/parameterDraft.ts";

/** Starts a run of a workflow with its parameters; however often it is sent, it starts one. */
export function StartForm({ workflow, onClose }: { workflow: Workflow; onClose: () => void }) {
  const { workflows: texts } = useMessages();
  const navigate = useNavigate();
  const [idempotencyKey] = useState(newKey);
  const { workflow_id, name, parameters, steps } = workflow;
  const form = useForm({
    initial: { parameters: draftOf(parameters) },
    body: (draft) => ({ parameters: parametersOf(parameters, draft.parameters) }),
    schema: NewWorkflowRun,
    send: (body) => api.call("startWorkflow", { params: { workflow_id }, body, idempotencyKey }),
    invalidates: [["workflow-runs"]],
    onDone: ({ run_id }) => void navigate({ to: "/workflow-runs/$runId", params: { runId: run_id } }),
  });
  return (
    <FormDialog title={texts.startOf(name)} action={texts.start} form={form} shown={["parameters"]} onClose={onClose}>
      <p>{texts.startHint(steps.length)}</p>
      <ParameterFields
        definitions={parameters}
        draft={form.draft.parameters}
        path="parameters"
        onChange={(draft) => form.set({ parameters: draft })}
      />
    </FormDialog>
  );
}
