import { type AgentMessage, type Attempt, isFinal, type OutputLine } from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { finishTarget, insertSuperseded, lockTarget, moveTarget, type TargetKey } from "../executions/repository.ts";
import { finalStateOf } from "../executions/state.ts";
import { appendLines } from "../logs/repository.ts";

type FinishedMessage = Extract<AgentMessage, { type: "finished" }>;

/** What an agent sent contradicts what is stored: the link is closed, and both sides agree anew. */
export class LinkOutOfStep extends Error {
  override readonly name = "LinkOutOfStep";
}

/** Takes in what agents report of their attempts; everything is durable when a method returns. */
export class Reports {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async progressed(serverId: string, attempt: Attempt, to: "acknowledged" | "running"): Promise<void> {
    const key = keyOf(serverId, attempt);
    if (await moveTarget(this.#context.database, key, to)) this.#changed(key);
  }

  /**
   * Stores output. Lines that are stored already are passed over; those of an attempt that no longer counts are
   * dropped. @returns the sequence number up to which the agent need not keep them. @throws LinkOutOfStep on a gap
   */
  async output(serverId: string, attempt: Attempt, lines: readonly OutputLine[]): Promise<number> {
    const { database, metrics } = this.#context;
    const key = keyOf(serverId, attempt);
    const last = lines.at(-1)?.seq ?? 0;
    if (!isContiguous(lines)) throw new LinkOutOfStep("the lines of a frame do not follow on each other");
    if (await appendLines(database, key, lines)) {
      metrics.logLines.inc(lines.length);
      this.#changed(key);
      return last;
    }
    const target = await lockTarget(database, key.execution_id, serverId);
    if (target === undefined || target.fence !== attempt.fence || isFinal(target.state)) return last;
    const fresh = lines.filter(({ seq }) => seq > target.last_seq);
    if (fresh.length === 0) return target.last_seq;
    if (!(await appendLines(database, key, fresh))) {
      throw new LinkOutOfStep(`line ${fresh[0]?.seq} came after line ${target.last_seq}`);
    }
    this.#changed(key);
    return last;
  }

  /** Records how an attempt ended; once it is final, whatever comes later is kept aside as superseded. */
  async finished(serverId: string, message: FinishedMessage): Promise<void> {
    const { database, metrics, bus } = this.#context;
    const key = keyOf(serverId, message);
    const { exit_code, error, duration_seconds, result, usage } = message;
    const state = await database.transaction().execute(async (transaction) => {
      const target = await lockTarget(transaction, key.execution_id, serverId);
      const current = target?.fence === message.fence && !isFinal(target.state);
      if (target === undefined || !current) {
        const { v: _version, type: _type, ...result } = message;
        await insertSuperseded(transaction, key, result);
        return "superseded";
      }
      if (target.last_seq < message.last_seq) {
        throw new LinkOutOfStep(`the end came with line ${message.last_seq}, stored is line ${target.last_seq}`);
      }
      const final = finalStateOf(message, target.success_exit_code);
      await finishTarget(transaction, key, final, { exit_code, error, duration_seconds, result, usage });
      return final;
    });
    if (state === "superseded") {
      metrics.superseded.inc();
      return;
    }
    metrics.finished.inc({ state });
    this.#changed(key);
    bus.publish({ kind: "work" });
  }

  #changed({ execution_id }: TargetKey): void {
    this.#context.bus.publish({ kind: "execution", execution_id });
  }
}

function keyOf(serverId: string, { execution_id, fence }: Attempt): TargetKey {
  return { execution_id, server_id: serverId, fence };
}

function isContiguous(lines: readonly OutputLine[]): boolean {
  const first = lines[0]?.seq ?? 0;
  return lines.every(({ seq }, index) => seq === first + index);
}
