import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Finish, HeldAttempt, Job } from "@homeslice/protocol/link.ts";
import type { Logger } from "pino";
import { pause } from "../clock.ts";
import { messageOf } from "../errors.ts";
import { takeBack } from "../operations/shellCommand/secrets.ts";
import { Outbox } from "../output/outbox.ts";
import { Tail } from "../output/tail.ts";
import { findingsOf, withReason } from "./accounting.ts";
import {
  abandonRecords,
  beginRecords,
  closeRecords,
  forgetUncoverable,
  openRecords,
  type Records,
  syncRecords,
} from "./attemptRecords.ts";
import { executionMarks } from "./command.ts";
import { type Ending, refused } from "./ending.ts";
import { arrange, findLaunched, type Launched, launch } from "./launch.ts";
import { outputLimit } from "./outputLimit.ts";
import type { Standby } from "./standby.ts";
import { supervise } from "./supervision.ts";
import type { Work } from "./work.ts";
import type { Workshop } from "./workshop.ts";

/**
 * One attempt at a job: from its acceptance to its end, as its journal tells it. A later process of the agent goes on
 * where the journal ends.
 */
export class Attempt {
  readonly job: Job;
  readonly #shop: Workshop;
  readonly #log: Logger;
  readonly #records: Records;
  readonly #tail: Tail;
  readonly #outbox: Outbox;
  readonly #stop = new AbortController();
  readonly #detach = new AbortController();
  #stopping: "cancelled" | "timed_out" | undefined;
  #launched: Launched | undefined;
  #standby: Standby | undefined;
  /** How it is to be started, where that was arranged for while its acceptance was written. */
  #arranged: ReturnType<typeof arrange> | undefined;
  #recovered = false;

  /**
   * Takes on a job. When this returns, it is in the journal.
   * @param standby what waits for it in that directory, if it begins at once
   * @throws when it cannot be written there
   */
  static async accept(directory: string, work: Work, shop: Workshop, standby?: Standby): Promise<Attempt> {
    // First of all; what begins at once is arranged for while that is written.
    const beginning = beginRecords(directory, work, shop, standby);
    const arranged = standby && setImmediate().then(() => arrange(work.job, directory, shop, standby));
    const arrangement = Promise.allSettled([arranged]);
    const records = await beginning.catch(async (error: unknown) => {
      await arrangement;
      await standby?.close();
      await abandonRecords(directory, shop);
      throw error;
    });
    const attempt = new Attempt(work.job, records, shop);
    attempt.#standby = standby;
    attempt.#arranged = arranged;
    if (arranged !== undefined) {
      shop.clock.after(shop.timings.moment, () => {
        if (attempt.held.state === "accepted") attempt.#tellState();
      });
    }
    attempt.#log.debug("attempt accepted");
    return attempt;
  }

  /** Takes up an attempt of an earlier process of the agent; undefined when that one had not accepted it yet. */
  static async recover(directory: string, shop: Workshop): Promise<Attempt | undefined> {
    const records = await openRecords(directory, shop);
    await syncRecords(directory);
    const { job, stopping, finish } = records.journal.progress;
    if (job === undefined) {
      await closeRecords(records);
      await shop.sandbox.release(basename(directory));
      await rm(directory, { recursive: true });
      return undefined;
    }
    await forgetUncoverable(records, shop.vault);
    const attempt = new Attempt(job, records, shop);
    attempt.#recovered = true;
    if (finish !== undefined) await attempt.#outbox.close(finish);
    else attempt.#launched = await findLaunched(directory, records.journal, shop);
    if (stopping !== undefined) attempt.stop(stopping.outcome);
    return attempt;
  }

  private constructor(job: Job, records: Records, shop: Workshop) {
    const { execution_id, fence } = job;
    this.job = job;
    this.#records = records;
    this.#shop = shop;
    this.#log = shop.log.child({ execution_id, fence });
    const { files, end, redactor } = records;
    const { clock, timings } = shop;
    this.#tail = new Tail({
      files,
      end,
      redactor,
      firstSeq: job.first_seq,
      limitMb: outputLimit(job, records.directory, shop),
      clock,
      timings,
    });
    this.#outbox = new Outbox(records.files, {
      output: (lines) => shop.send({ type: "output", execution_id, fence, lines }),
      finished: (finish) => shop.send({ type: "finished", ...finish }),
    });
  }

  get acceptedAt(): string {
    return this.#records.journal.progress.acceptedAt ?? "";
  }

  /** How it ended, once that is in the journal. */
  get finish(): Finish | undefined {
    return this.#records.journal.progress.finish;
  }

  get held(): HeldAttempt {
    const { execution_id, fence } = this.job;
    const unfinished = this.#launched === undefined ? "accepted" : "running";
    return { execution_id, fence, state: this.finish === undefined ? unfinished : "finished" };
  }

  /** Aborts when the attempt is to go no further: it is being stopped, or the agent is. */
  get halted(): AbortSignal {
    return AbortSignal.any([this.#stop.signal, this.#detach.signal]);
  }

  /** Goes on to the end, which is in the journal when this returns; without an end when the agent detached. */
  async live(): Promise<void> {
    const ending = await this.#untilEnd();
    if (ending !== undefined) await this.#end(ending);
  }

  /** Ends the command, or keeps it from being started. */
  stop(outcome: "cancelled" | "timed_out"): void {
    this.#stopping ??= outcome;
    this.#stop.abort();
  }

  /** Leaves the command alone: a later process of the agent takes it up. */
  detach(): void {
    this.#detach.abort();
  }

  /** The link is up: tells where the attempt is, and sends all that follows `storedSeq` (default: all). */
  async resume(storedSeq = this.job.first_seq - 1): Promise<void> {
    // What begins in a moment tells that, and with it that it was accepted.
    if (this.#arranged === undefined || this.#launched !== undefined) this.#tellState();
    await this.#outbox.resume(storedSeq);
  }

  /** Tells where the attempt is, once more. */
  async report(): Promise<void> {
    this.#tellState();
    await this.#outbox.repeatFinish();
  }

  /** The link is down. */
  pause(): void {
    this.#outbox.pause();
  }

  /** The orchestrator has stored all lines up to `seq`. */
  async stored(seq: number): Promise<void> {
    await this.#outbox.stored(seq);
  }

  async close(): Promise<void> {
    await this.#outbox.stop();
    await this.#standby?.close();
    await closeRecords(this.#records);
    if (this.finish !== undefined) await this.#shop.sandbox.release(basename(this.#records.directory));
  }

  /** Deletes all there is of it. */
  async remove(): Promise<void> {
    await this.close();
    await this.#shop.vault.remove(basename(this.#records.directory));
    await rm(this.#records.directory, { recursive: true, force: true });
  }

  async #untilEnd(): Promise<Ending | undefined> {
    const { directory, journal } = this.#records;
    if (this.#launched === undefined) {
      if (this.#stopping !== undefined) return { outcome: this.#stopping, exit_code: null, error: null };
      if (this.#detach.signal.aborted) return undefined;
      if (this.#recovered && this.#isExpired()) return refused("the agent was down until the job had expired");
      const arranged = await (this.#arranged ?? arrange(this.job, directory, this.#shop));
      if ("outcome" in arranged) return arranged;
      const launched = await launch(arranged, directory, journal, this.#shop);
      if ("outcome" in launched) return launched;
      this.#launched = launched;
      this.#log.debug("command started");
      await pause(this.#shop.clock, this.#shop.timings.headStart, this.halted);
    }
    const { startedAt, pid } = this.#launched;
    if (journal.progress.started === undefined && pid !== undefined) {
      await journal.appendIfPossible({ type: "started", at: startedAt.toISOString(), pid }, this.#log);
    }
    this.#tellState();
    return await this.#supervise(this.#launched);
  }

  async #supervise(launched: Launched): Promise<Ending | undefined> {
    const { directory } = this.#records;
    const { clock, timings, sandbox } = this.#shop;
    const { execution_id: executionId, server_id: serverId, timeout_seconds: limit } = this.job;
    return await supervise({
      directory,
      marks: executionMarks({ executionId, serverId }),
      members: () => sandbox.members(basename(directory)),
      launched,
      limit,
      onTimeout: () => this.stop("timed_out"),
      stopping: () => this.#stopping,
      stop: this.#stop.signal,
      detach: this.#detach.signal,
      onStopping: () => this.#journalStopping(),
      readOutput: (last) => this.#readOutput(last),
      nextRead: () => this.#tail.untilQuiet(),
      gather: () => this.#tail.gathers,
      clock,
      timings,
    });
  }

  async #readOutput(last: boolean): Promise<boolean> {
    try {
      await this.#tail.read(last);
    } catch (error) {
      // Nothing is lost: the output is in its files, and is read again.
      this.#log.error({ error: messageOf(error) }, "the output cannot be taken in");
      return false;
    }
    await this.#outbox.send();
    return true;
  }

  async #end(result: Ending): Promise<void> {
    const { execution_id, fence, first_seq } = this.job;
    const { directory } = this.#records;
    const ending = await withReason(result, directory, this.#shop.sandbox);
    await takeBack(directory);
    const lastSeq = this.#tail.nextSeq - 1;
    const finish: Finish = {
      execution_id,
      fence,
      ...ending,
      last_seq: lastSeq < first_seq ? 0 : lastSeq,
      duration_seconds: this.#launched?.elapsed() ?? null,
      ...(this.#launched && (await findingsOf(this.#records, this.#shop.sandbox, this.#log))),
    };
    const record = { type: "finished" as const, at: this.#now(), finish };
    while (!(await this.#records.journal.appendIfPossible(record, this.#log))) {
      await pause(this.#shop.clock, this.#shop.timings.poll, this.#detach.signal);
      if (this.#detach.signal.aborted) return;
    }
    await this.#shop.vault.remove(basename(directory));
    this.#log.info({ ...ending, last_seq: finish.last_seq }, "attempt finished");
    await this.#outbox.close(finish);
  }

  async #journalStopping(): Promise<void> {
    const { journal } = this.#records;
    if (this.#stopping === undefined || journal.progress.stopping !== undefined) return;
    await journal.appendIfPossible({ type: "stopping", at: this.#now(), outcome: this.#stopping }, this.#log);
  }

  #tellState(): void {
    const { execution_id, fence } = this.job;
    const started_at = this.#launched?.startedAt.toISOString();
    if (started_at !== undefined) this.#shop.send({ type: "started", execution_id, fence, started_at });
    else if (this.finish === undefined) this.#shop.send({ type: "accepted", execution_id, fence });
  }

  #isExpired(): boolean {
    return Date.parse(this.job.not_after) < this.#shop.clock.now().getTime();
  }

  #now(): string {
    return this.#shop.clock.now().toISOString();
  }
}
