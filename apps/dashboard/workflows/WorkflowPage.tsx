import type { Step, Workflow } from "@homeslice/protocol/workflows.ts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../api/client.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { actionChoiceQuery } from "../starts/actionsQuery.ts";
import { startTitle } from "../starts/startTitle.ts";
import { Button } from "../ui/Button.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { PendingPage } from "../ui/PendingPage.tsx";
import { workflowQuery } from "./queries.ts";
import { RunTable } from "./RunTable.tsx";
import { StartForm } from "./StartForm.tsx";
import { StepDrawing } from "./StepDrawing.tsx";
import { WorkflowForm } from "./WorkflowForm.tsx";
import { drawnSteps } from "./workflowText.ts";

const route = getRouteApi("/workflows/$workflowId");

/** One workflow: its steps, drawn and in words, and its runs. */
export function WorkflowPage() {
  const { workflows: texts } = useMessages();
  const { workflowId } = route.useParams();
  const { data: workflow, error, refetch } = useQuery(workflowQuery(workflowId));
  if (!workflow) return <PendingPage title={texts.one} error={error} reset={() => void refetch()} />;
  return (
    <section aria-labelledby="workflow-title" className="page">
      <div className="page-head">
        <h1 id="workflow-title">{workflow.name}</h1>
        <p>{texts.inVersion(workflow.version)}</p>
        <WorkflowActions workflow={workflow} />
      </div>
      {workflow.description !== "" && <p>{workflow.description}</p>}
      <StepDrawing steps={drawnSteps(workflow)} />
      <Steps workflow={workflow} />
      <h2>{texts.runs}</h2>
      <RunTable filter={{ workflow_id: workflow.workflow_id }} />
    </section>
  );
}

function WorkflowActions({ workflow }: { workflow: Workflow }) {
  const { workflows: texts, forms } = useMessages();
  const navigate = route.useNavigate();
  const mayStart = useMay("executions:start");
  const mayWrite = useMay("workflows:write");
  const [open, setOpen] = useState<"start" | "edit">();
  const { workflow_id, version, name } = workflow;
  const close = () => setOpen(undefined);
  return (
    <div className="actions page-action">
      {mayStart && (
        <Button kind="primary" onClick={() => setOpen("start")}>
          {texts.start}
        </Button>
      )}
      {mayWrite && <Button onClick={() => setOpen("edit")}>{forms.edit}</Button>}
      {mayWrite && (
        <DeleteButton
          name={name}
          consequence={texts.deleteConsequence}
          run={() => api.call("deleteWorkflow", { params: { workflow_id }, version })}
          invalidates={[["workflows"]]}
          onDone={() => void navigate({ to: "/workflows", search: {} })}
        />
      )}
      {open === "start" && <StartForm workflow={workflow} onClose={close} />}
      {open === "edit" && <WorkflowForm workflow={workflow} onClose={close} onSaved={() => undefined} />}
    </div>
  );
}

/** The steps in words: what each does, and when. */
function Steps({ workflow: { steps } }: { workflow: Workflow }) {
  const { workflows: texts, forms } = useMessages();
  const { data: actions } = useQuery(actionChoiceQuery);
  const whatOf = ({ execution, gate }: Step) => {
    if (execution) return startTitle({ execution }, { actions });
    return gate && texts.gate(gate.message, gate.role);
  };
  const columns: Column<Step>[] = [
    { key: "name", header: texts.step, cell: ({ name }) => name },
    { key: "what", header: texts.does, cell: whatOf },
    { key: "needs", header: texts.needs, cell: ({ needs }) => needs.join(", ") || texts.atOnce },
    { key: "when", header: texts.when, cell: ({ when, needs }) => needs.length > 0 && texts.whens[when] },
    { key: "description", header: forms.description, cell: ({ description }) => description },
  ];
  return <DataTable caption={texts.steps} columns={columns} rows={steps} rowKey={({ name }) => name} />;
}
