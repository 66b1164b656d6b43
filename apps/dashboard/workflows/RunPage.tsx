import { isFinalRun, type WorkflowRun } from "@homeslice/protocol/workflows.ts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { useChange } from "../api/useChange.ts";
import { DeleteButton } from "../forms/DeleteButton.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Button } from "../ui/Button.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Moment } from "../ui/Moment.tsx";
import { ErrorNotice } from "../ui/notices.tsx";
import { PendingPage } from "../ui/PendingPage.tsx";
import { GateDecision } from "./GateDecision.tsx";
import { stepsQuery, workflowQuery } from "./queries.ts";
import { StateMark } from "./StateMark.tsx";
import { StepDrawing } from "./StepDrawing.tsx";
import { StepTable } from "./StepTable.tsx";
import { useLiveRun } from "./useLiveRun.ts";

const route = getRouteApi("/workflow-runs/$runId");

/** One run of a workflow: how far each step is, and what waits for a person. */
export function RunPage() {
  const { workflows: texts } = useMessages();
  const { runId } = route.useParams();
  const { data: run, error, refetch, isLost } = useLiveRun(runId);
  if (!run) return <PendingPage title={texts.run} error={error} reset={() => void refetch()} />;
  return (
    <section aria-labelledby="run-title" className="page">
      <div className="page-head">
        <h1 id="run-title">{run.workflow_name}</h1>
        <p role="status">
          <StateMark state={run.state} /> {run.cancelling && texts.cancelling}
        </p>
        <RunActions run={run} />
      </div>
      {isLost && (
        <p role="status" className="banner">
          {texts.connectionLost}
        </p>
      )}
      <RunFacts run={run} />
      <Drawing run={run} />
      {run.steps
        .filter(({ type, state }) => type === "gate" && state === "waiting")
        .map((step) => (
          <GateDecision key={step.name} run={run} step={step} />
        ))}
      <StepTable caption={texts.steps} steps={run.steps} />
      <EarlierSteps run={run} />
    </section>
  );
}

function RunActions({ run: { run_id, workflow_name, state, cancelling } }: { run: WorkflowRun }) {
  const { workflows: texts } = useMessages();
  const mayCancel = useMay("executions:cancel");
  const mayStart = useMay("executions:start");
  const invalidates = [["workflow-runs"], ["workflow-run", run_id]];
  const resume = useChange({
    run: () => api.call("resumeWorkflowRun", { params: { run_id } }),
    invalidates,
    says: () => texts.resumed,
  });
  const isResumable = state === "failed" || state === "cancelled";
  return (
    <div className="actions page-action">
      {mayCancel && !isFinalRun(state) && !cancelling && (
        <DeleteButton
          name={workflow_name}
          consequence={texts.cancelConsequence}
          words={{ action: texts.cancel, title: texts.cancelOf, done: texts.cancelled }}
          run={() => api.call("cancelWorkflowRun", { params: { run_id } })}
          invalidates={invalidates}
        />
      )}
      {mayStart && isResumable && (
        <Button kind="primary" busy={resume.busy} onClick={() => resume.start()}>
          {texts.resume}
        </Button>
      )}
      {resume.error && <ErrorNotice error={resume.error} />}
    </div>
  );
}

function RunFacts({ run }: { run: WorkflowRun }) {
  const { workflows: texts } = useMessages();
  const parameters = Object.entries(run.parameters).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return (
    <Facts
      facts={[
        [
          texts.one,
          <Link key="workflow" to="/workflows/$workflowId" params={{ workflowId: run.workflow_id }}>
            {run.workflow_name} · {texts.inVersion(run.workflow_version)}
          </Link>,
        ],
        [texts.startedBy, run.initiated_by],
        [texts.started, <Moment key="started" at={run.created_at} />],
        [texts.ended, run.completed_at && <Moment at={run.completed_at} />],
        [texts.parameters, parameters.join(", ")],
      ]}
    />
  );
}

/** The steps with their states, drawn as long as the workflow is the one that runs. */
function Drawing({ run }: { run: WorkflowRun }) {
  const { workflows: texts } = useMessages();
  const { data: workflow } = useQuery({ ...workflowQuery(run.workflow_id), retry: false });
  if (workflow?.version !== run.workflow_version) return <p className="muted">{texts.noDrawing}</p>;
  const stateOf = (name: string) => run.steps.find((step) => step.name === name)?.state;
  const steps = workflow.steps.map(({ name, needs, gate }) => {
    return { name, needs, kind: gate ? ("gate" as const) : ("execution" as const), state: stateOf(name) };
  });
  return <StepDrawing steps={steps} />;
}

/** The beginnings of steps that were begun again. */
function EarlierSteps({ run: { run_id, steps } }: { run: WorkflowRun }) {
  const { workflows: texts } = useMessages();
  const begun = steps.reduce((sum, { attempt }) => sum + attempt, 0);
  const { data } = useQuery({ ...stepsQuery(run_id, begun), enabled: steps.some(({ attempt }) => attempt > 1) });
  const earlier = data?.filter(({ name, attempt }) =>
    steps.some((step) => step.name === name && step.attempt > attempt),
  );
  if (!earlier?.length) return null;
  return (
    <>
      <h2>{texts.earlier}</h2>
      <StepTable caption={texts.earlier} steps={earlier} />
    </>
  );
}
