import { type Execution, isFinal, type ResultDetail } from "@homeslice/protocol/executions.ts";

/** When a server was at work, as parts of the whole time of its execution. */
export interface Bar {
  /** 0 is when the execution began, 1 is its end, or now. */
  readonly from: number;
  readonly to: number;
  /** The same in seconds since it began. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** When a server was at work; nothing as long as it waits. @param now milliseconds since the epoch */
export function barOf(execution: Execution, { server_id, execution_time }: ResultDetail, now: number): Bar | undefined {
  const { started_at, completed_at } = execution.timing;
  const state = execution.status.per_server[server_id];
  if (started_at === null || state === undefined) return undefined;
  const isOver = isFinal(state.status);
  if (isOver ? execution_time === null : state.status !== "running") return undefined;
  const start = Date.parse(started_at);
  const whole = Math.max(1, (completed_at === null ? now : Date.parse(completed_at)) - start);
  const since = Date.parse(state.since) - start;
  const from = isOver ? since - (execution_time ?? 0) * 1_000 : since;
  const to = isOver ? since : now - start;
  const within = (milliseconds: number) => Math.min(1, Math.max(0, milliseconds / whole));
  return {
    from: within(from),
    to: within(to),
    fromSeconds: (within(from) * whole) / 1_000,
    toSeconds: (within(to) * whole) / 1_000,
  };
}
