import { type Execution, isFinal } from "@homeslice/protocol/executions.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Moment } from "../ui/Moment.tsx";
import { StateBadge } from "../ui/StateBadge.tsx";
import { duration } from "../ui/time.ts";
import { CancelButton } from "./CancelButton.tsx";
import { RetryButton } from "./RetryButton.tsx";
import { titleOf } from "./title.ts";

/** What an execution is, how far it is, and what can be done about it. */
export function ExecutionHead({ execution }: { execution: Execution }) {
  const { executions: texts } = useMessages();
  const mayCancel = useMay("executions:cancel");
  const mayStart = useMay("executions:start");
  const states = Object.values(execution.status.per_server);
  const done = states.filter(({ status }) => isFinal(status)).length;
  const { duration_seconds, estimated_completion } = execution.timing;
  const [only] = execution.results.details;
  const failed = states.some(({ status }) => status !== "succeeded");
  return (
    <header className="page-head">
      <h1 id="execution-title">
        <code>{titleOf(execution)}</code>
      </h1>
      <p role="status">
        <StateBadge state={execution.status.overall} /> {texts.of(done, states.length)}
        {duration_seconds !== null && ` · ${duration(duration_seconds)}`}
        {states.length === 1 && typeof only?.exit_code === "number" && ` · ${texts.exitCode(only.exit_code)}`}
      </p>
      {done < states.length && estimated_completion !== null && (
        <p>
          {texts.estimated} <Moment at={estimated_completion} />
        </p>
      )}
      {done < states.length && <progress max={states.length} value={done} aria-label={texts.of(done, states.length)} />}
      {mayCancel && done < states.length && (
        <CancelButton executionId={execution.execution_id} open={states.length - done} />
      )}
      {mayStart && done === states.length && failed && <RetryButton execution={execution} />}
    </header>
  );
}
