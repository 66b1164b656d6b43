import { Link } from "@tanstack/react-router";
import { useMessages } from "../i18n/messages.tsx";

interface StartedLinkProps {
  readonly started: { readonly execution_id: string | null; readonly run_id: string | null };
}

/** Leads to what was started: an execution, or a run of a workflow. */
export function StartedLink({ started: { execution_id, run_id } }: StartedLinkProps) {
  const { starts: texts } = useMessages();
  if (run_id !== null) {
    return (
      <Link to="/workflow-runs/$runId" params={{ runId: run_id }}>
        {texts.showRun}
      </Link>
    );
  }
  if (execution_id === null) return null;
  return (
    <Link to="/executions/$executionId" params={{ executionId: execution_id }}>
      {texts.showExecution}
    </Link>
  );
}
