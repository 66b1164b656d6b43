import type { RunState, StepState } from "@homeslice/protocol/workflows.ts";
import { useMessages } from "../i18n/messages.tsx";
import { Mark, type Tone } from "../ui/Mark.tsx";

const tones: Record<RunState | StepState, Tone> = {
  pending: "quiet",
  running: "busy",
  waiting: "warning",
  succeeded: "good",
  failed: "bad",
  skipped: "quiet",
  cancelled: "quiet",
};

/** The state of a run, or of a step of one. */
export function StateMark({ state }: { state: RunState | StepState }) {
  const { workflows } = useMessages();
  return <Mark tone={tones[state]}>{workflows.states[state]}</Mark>;
}
