import type { StepRun, WorkflowRun } from "@homeslice/protocol/workflows.ts";
import { useId } from "react";
import { api } from "../api/client.ts";
import { VoteForm } from "../forms/VoteForm.tsx";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { Moment } from "../ui/Moment.tsx";

/** A step that waits for a person, and the word of whoever may give it. */
export function GateDecision({ run: { run_id }, step }: { run: WorkflowRun; step: StepRun }) {
  const { workflows: texts } = useMessages();
  const mayDecide = useMay("workflows:decide");
  const title = useId();
  const { name, message, expires_at } = step;
  return (
    <section aria-labelledby={title} className="panel">
      <h2 id={title}>{texts.waitsFor(name)}</h2>
      <p>{message}</p>
      {expires_at && (
        <p className="muted">
          {texts.tooLate} <Moment at={expires_at} />
        </p>
      )}
      {mayDecide && (
        <VoteForm
          send={(body) => api.call("decideGate", { params: { run_id, step: name }, body })}
          invalidates={[["workflow-runs"], ["workflow-run", run_id]]}
        />
      )}
    </section>
  );
}
