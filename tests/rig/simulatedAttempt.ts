import type { Send } from "@homeslice/agent/link/messages.ts";
import type { Finish, HeldAttempt, Job, OutputLine } from "@homeslice/protocol/link.ts";

/** How often what was printed is sent, in milliseconds, and how much of it at once. */
const TICK_MS = 20;
const FRAME_LINES = 1_000;
/** Lines that may be on their way without being stored; the real agent counts bytes. */
const WINDOW_LINES = 20_000;
const PADDING = " The quick brown fox jumps over the lazy dog.\n";

/** One attempt of a simulated agent. */
export class SimulatedAttempt {
  readonly #job: Job;
  readonly #send: Send;
  readonly #startedAt = new Date();
  #finish: Finish | undefined;
  /** Lines that are not known to be stored. */
  #lines: OutputLine[] = [];
  #printed = 0;
  #sentSeq = 0;
  #storedSeq = 0;
  #open = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(job: Job, send: Send) {
    this.#job = job;
    this.#send = send;
  }

  get held(): HeldAttempt {
    const { execution_id, fence } = this.#job;
    return { execution_id, fence, state: this.#finish === undefined ? "running" : "finished" };
  }

  /** Says that it has accepted and started the job, and does what its arguments say. */
  start(): void {
    this.#tell();
    const { operation } = this.#job;
    if (operation.type !== "shell_command") throw new Error(`${operation.type} cannot be simulated`);
    const [, what, count, perSecond] = operation.argv;
    if (what === "finish") this.end("exited");
    if (what === "print") this.#print(Number(count), Number(perSecond));
  }

  /** The link is down. */
  pause(): void {
    this.#open = false;
  }

  /** The link is up, and all up to `seq` is stored. */
  resume(seq: number): void {
    this.#open = true;
    this.stored(seq);
    this.#sentSeq = seq;
    this.#tell();
    this.#flush();
  }

  stored(seq: number): void {
    this.#storedSeq = Math.max(this.#storedSeq, seq);
    const kept = this.#lines.findIndex((line) => line.seq > this.#storedSeq);
    this.#lines = kept < 0 ? [] : this.#lines.slice(kept);
    this.#flush();
  }

  end(outcome: "exited" | "cancelled"): void {
    clearInterval(this.#timer);
    const { execution_id, fence } = this.#job;
    const exit_code = outcome === "exited" ? 0 : null;
    const duration_seconds = (Date.now() - this.#startedAt.getTime()) / 1_000;
    this.#finish ??= {
      execution_id,
      fence,
      outcome,
      exit_code,
      error: null,
      last_seq: this.#printed,
      duration_seconds,
    };
    this.#flush();
  }

  #tell(): void {
    const { execution_id, fence } = this.#job;
    this.#send({ type: "accepted", execution_id, fence });
    this.#send({ type: "started", execution_id, fence, started_at: this.#startedAt.toISOString() });
  }

  #print(count: number, perSecond: number): void {
    const began = Date.now();
    this.#timer = setInterval(() => {
      const now = Date.now();
      const due = Math.min(count, Math.floor(((now - began) * perSecond) / 1_000));
      const at = new Date(now).toISOString();
      while (this.#printed < due) {
        const seq = ++this.#printed;
        this.#lines.push({ seq, stream: "stdout", text: `${seq} ${now}${PADDING}`, at });
      }
      this.#flush();
      if (this.#printed >= count) this.end("exited");
    }, TICK_MS);
  }

  #flush(): void {
    const { execution_id, fence } = this.#job;
    while (this.#open && this.#sentSeq - this.#storedSeq < WINDOW_LINES) {
      const first = this.#lines.findIndex((line) => line.seq > this.#sentSeq);
      if (first < 0) break;
      const lines = this.#lines.slice(first, first + FRAME_LINES);
      this.#sentSeq = lines.at(-1)?.seq ?? this.#sentSeq;
      this.#send({ type: "output", execution_id, fence, lines });
    }
    if (this.#open && this.#finish !== undefined && this.#sentSeq >= this.#finish.last_seq) {
      this.#send({ type: "finished", ...this.#finish });
    }
  }
}
