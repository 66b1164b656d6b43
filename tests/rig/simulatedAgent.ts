import type { KeyObject } from "node:crypto";
import { defaultTimings, systemClock } from "@homeslice/agent/clock.ts";
import { verifyJob } from "@homeslice/agent/jobs/verify.ts";
import { Backoff } from "@homeslice/agent/link/backoff.ts";
import type { Instruction } from "@homeslice/agent/link/connection.ts";
import { Link } from "@homeslice/agent/link/link.ts";
import type { Finish, Job } from "@homeslice/protocol/link.ts";
import { pino } from "pino";
import { SimulatedAttempt } from "./simulatedAttempt.ts";

/** Commands at the same time: enough that capacity is never what is measured. */
const MAX_CONCURRENT_JOBS = 64;
const status = { uptime_seconds: 1, load_average: [0, 0, 0], memory_usage_percent: 1, disk_usage_percent: 1 } as const;

export interface SimulatedIdentity {
  readonly serverId: string;
  readonly privateKey: KeyObject;
  readonly orchestratorKey: KeyObject;
}

/** What the agents of one process did. */
export interface Tally {
  /** Attempts that were started, and when: milliseconds since the epoch. */
  readonly starts: Map<string, number>;
  /** Attempts that arrived again after they had been started: these are not started twice, as with a real agent. */
  repeated: number;
  settled: number;
}

/**
 * An agent without commands: the link of the real one, its check of every job, and its rules of what is told when. What it
 * "runs" is named by the arguments of the job: `hold` goes on until it is cancelled, `finish` ends at once, `print LINES
 * PER_SECOND` prints. What it holds is in memory alone.
 */
export class SimulatedAgent {
  readonly #identity: SimulatedIdentity;
  readonly #tally: Tally;
  readonly #link: Link;
  readonly #attempts = new Map<string, SimulatedAttempt>();

  constructor(url: string, identity: SimulatedIdentity, tally: Tally) {
    this.#identity = identity;
    this.#tally = tally;
    const capabilities = ["shell_command"];
    const description = { version: "0.1.0", hostname: "simulated", os_info: "none", capabilities };
    this.#link = new Link({
      orchestratorUrl: url,
      identity,
      description: { ...description, max_concurrent_jobs: MAX_CONCURRENT_JOBS },
      hostStatus: async () => ({ ...status, load_average: [0, 0, 0] }),
      held: () => [...this.#attempts.values()].map((attempt) => attempt.held),
      onInstruction: (instruction) => this.#receive(instruction),
      onDisconnected: () => {
        for (const attempt of this.#attempts.values()) attempt.pause();
      },
      backoff: new Backoff(defaultTimings.reconnectMin, defaultTimings.reconnectMax, Math.random),
      clock: systemClock,
      timings: defaultTimings,
      log: pino({ level: "silent" }),
    });
  }

  open(): void {
    this.#link.open();
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  #receive(instruction: Instruction): void {
    switch (instruction.type) {
      case "welcome":
        this.#welcome(instruction);
        break;
      case "run":
        this.#run(instruction.job);
        break;
      case "cancel":
        this.#attempts.get(keyOf(instruction))?.end("cancelled");
        break;
      case "stored":
        this.#attempts.get(keyOf(instruction))?.stored(instruction.seq);
        break;
      case "settled":
        this.#settle(keyOf(instruction));
        break;
    }
  }

  #welcome({ stored, settled }: Extract<Instruction, { type: "welcome" }>): void {
    for (const attempt of settled) this.#settle(keyOf(attempt));
    for (const [key, attempt] of this.#attempts) attempt.resume(stored.find((one) => keyOf(one) === key)?.seq ?? 0);
  }

  #run(signed: Extract<Instruction, { type: "run" }>["job"]): void {
    const verified = verifyJob(signed, this.#identity, new Date());
    if (!verified.ok) throw new Error(verified.reason);
    const { job } = verified;
    const key = keyOf(job);
    if (this.#tally.starts.has(key)) {
      this.#tally.repeated++;
      this.#attempts.get(key)?.resume(0);
      return;
    }
    this.#tally.starts.set(key, Date.now());
    this.#start(key, job);
  }

  #start(key: string, job: Job): void {
    const attempt = new SimulatedAttempt(job, (message) => this.#link.send(message));
    this.#attempts.set(key, attempt);
    attempt.start();
  }

  #settle(key: string): void {
    if (this.#attempts.delete(key)) this.#tally.settled++;
  }
}

function keyOf({ execution_id, fence }: Pick<Finish, "execution_id" | "fence">): string {
  return `${execution_id}.${fence}`;
}
