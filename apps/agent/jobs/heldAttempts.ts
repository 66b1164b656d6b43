import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt as AttemptId, Finish } from "@homeslice/protocol/link.ts";
import { z } from "zod";
import { Settled } from "../journal/settled.ts";
import { Attempt } from "./attempt.ts";
import type { Standby } from "./standby.ts";
import { Standbys } from "./standbys.ts";
import { Turns } from "./turns.ts";
import type { Work } from "./work.ts";
import type { Workshop } from "./workshop.ts";

export interface HoldingOptions {
  /** State directory of the agent. */
  readonly stateDir: string;
  readonly serverId: string;
  /** Commands that run at the same time. */
  readonly maxConcurrentJobs: number;
  /** Sandboxes that wait for a command. */
  readonly standbyCommands: number;
  readonly onFinish: (finish: Finish) => void;
}

/** The attempts that the orchestrator has not settled yet, and what is remembered of those that it has. */
export class HeldAttempts {
  readonly #options: HoldingOptions;
  readonly #shop: Workshop;
  readonly #settled: Settled;
  readonly #turns: Turns;
  readonly #standbys: Standbys;
  readonly #attempts = new Map<string, Attempt>();
  readonly #lives = new Map<Attempt, Promise<void>>();
  /** Settled before they ended: deleted when they have. */
  readonly #forgotten = new Set<Attempt>();

  /** Takes up what earlier processes of the agent left. */
  static async open(options: HoldingOptions, shop: Workshop): Promise<HeldAttempts> {
    const directory = join(options.stateDir, "jobs");
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const held = new HeldAttempts(options, shop, await Settled.open(options.stateDir, shop.clock.now(), shop.log));
    const entries = await readdir(directory, { withFileTypes: true });
    const recovered: Attempt[] = [];
    for (const { name } of entries.filter((entry) => entry.isDirectory())) {
      const attempt = await held.#recover(directory, name);
      if (attempt !== undefined) recovered.push(attempt);
    }
    recovered.sort((a, b) => a.acceptedAt.localeCompare(b.acceptedAt));
    await shop.vault.keepOnly(recovered.map(({ job }) => keyOf(job)));
    for (const attempt of recovered) held.#take(attempt);
    held.#standbys.start();
    return held;
  }

  private constructor(options: HoldingOptions, shop: Workshop, settled: Settled) {
    this.#options = options;
    this.#shop = shop;
    this.#settled = settled;
    this.#turns = new Turns(options.maxConcurrentJobs);
    const { stateDir, standbyCommands, serverId } = options;
    this.#standbys = new Standbys(
      { directory: join(stateDir, "jobs"), size: standbyCommands, isIdle: () => this.size === 0 },
      serverId,
      shop,
    );
  }

  get size(): number {
    return this.#attempts.size;
  }

  all(): Attempt[] {
    return [...this.#attempts.values()];
  }

  find(id: AttemptId): Attempt | undefined {
    return this.#attempts.get(keyOf(id));
  }

  /** How an attempt ended that was settled some time ago. */
  findSettled(id: AttemptId): Finish | undefined {
    return this.#settled.find(id);
  }

  /** The highest fence that was seen of an execution; 0 when there was none. */
  highestFence(executionId: string): number {
    const fences = this.#ofExecution(executionId).map(({ job }) => job.fence);
    return Math.max(this.#settled.fence(executionId), ...fences);
  }

  /** Takes on a job. @throws when it cannot be written to the journal */
  async accept(work: Work): Promise<Attempt> {
    const { job } = work;
    const standby = this.#standbyFor(work);
    const directory = standby?.directory ?? join(this.#options.stateDir, "jobs", keyOf(job));
    const attempt = await Attempt.accept(directory, work, this.#shop, standby);
    // A newer attempt means that the orchestrator has given up on the older ones.
    for (const older of this.#ofExecution(job.execution_id)) older.stop("cancelled");
    this.#take(attempt);
    return attempt;
  }

  /** The orchestrator has settled an attempt: deletes it. What it still runs is ended, for nobody waits for it. */
  async forget(attempt: Attempt): Promise<void> {
    if (attempt.finish !== undefined && !this.#lives.has(attempt)) return await this.#remove(attempt, attempt.finish);
    this.#forgotten.add(attempt);
    attempt.stop("cancelled");
  }

  /** Remembers the end of an attempt that is not held. */
  async remember(finish: Finish, until: Date): Promise<void> {
    await this.#settled.add({ finish, not_after: until.toISOString() });
  }

  /** Lets go of what runs: it goes on without the agent, or is ended, as `endCommands` says. */
  async release(endCommands: boolean): Promise<void> {
    for (const attempt of this.all()) {
      if (endCommands) attempt.stop("cancelled");
      else attempt.detach();
    }
    await Promise.all(this.#lives.values());
  }

  async close(): Promise<void> {
    await this.#standbys.close();
    await Promise.all(this.all().map((attempt) => attempt.close()));
    await this.#settled.close();
    if (this.size === 0) await this.#shop.vault.close();
  }

  /** Puts aside what cannot be read: the orchestrator learns that it is not held, and the other attempts go on. */
  async #recover(directory: string, name: string): Promise<Attempt | undefined> {
    const path = join(directory, name);
    try {
      return await Attempt.recover(path, this.#shop);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
      const damaged = join(this.#options.stateDir, "damaged");
      this.#shop.log.error({ err: error, attempt: name, kept_in: damaged }, "the journal of an attempt is damaged");
      await mkdir(damaged, { recursive: true, mode: 0o700 });
      await rename(path, join(damaged, name));
      return undefined;
    }
  }

  /** For what begins at once. What comes with secrets of its own is shown them by a sandbox of its own. */
  #standbyFor({ job, secrets }: Work): Standby | undefined {
    const suits = job.operation.type === "shell_command" && secrets.size === 0;
    const hasTurn = this.#lives.size < this.#options.maxConcurrentJobs;
    const atOnce = hasTurn && this.#ofExecution(job.execution_id).length === 0;
    return suits && atOnce ? this.#standbys.take() : undefined;
  }

  #take(attempt: Attempt): void {
    const older = this.#ofExecution(attempt.job.execution_id).map((other) => this.#lives.get(other));
    this.#attempts.set(keyOf(attempt.job), attempt);
    if (attempt.finish !== undefined) return;
    const life = this.#live(attempt, older).catch((error: unknown) =>
      this.#shop.log.error({ err: error, ...attempt.held }, "an attempt failed"),
    );
    this.#lives.set(attempt, life);
  }

  /** Two attempts of one execution never run side by side. */
  async #live(attempt: Attempt, older: (Promise<void> | undefined)[]): Promise<void> {
    await Promise.all(older);
    const running = attempt.held.state === "running";
    const endTurn = running ? this.#turns.force() : await this.#turns.take(attempt.halted);
    try {
      await attempt.live();
    } finally {
      endTurn();
      this.#lives.delete(attempt);
    }
    const { finish } = attempt;
    if (finish === undefined) return;
    this.#options.onFinish(finish);
    if (this.#forgotten.delete(attempt)) await this.#remove(attempt, finish);
  }

  async #remove(attempt: Attempt, finish: Finish): Promise<void> {
    this.#attempts.delete(keyOf(attempt.job));
    await this.#settled.add({ finish, not_after: attempt.job.not_after });
    await attempt.remove();
  }

  #ofExecution(executionId: string): Attempt[] {
    return this.all().filter(({ job }) => job.execution_id === executionId);
  }
}

function keyOf({ execution_id, fence }: AttemptId): string {
  return `${execution_id}.${fence}`;
}
