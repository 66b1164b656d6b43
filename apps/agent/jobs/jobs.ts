import type { Attempt as AttemptId, Finish, HeldAttempt, Job } from "@homeslice/protocol/link.ts";
import { messageOf } from "../errors.ts";
import type { Instruction } from "../link/connection.ts";
import type { Attempt } from "./attempt.ts";
import { type Ending, refused } from "./ending.ts";
import { HeldAttempts, type HoldingOptions } from "./heldAttempts.ts";
import { type Trust, verifyJob, verifySecrets } from "./verify.ts";
import type { Work } from "./work.ts";
import type { Workshop } from "./workshop.ts";

/** Attempts that wait for the orchestrator to settle them; beyond that, new jobs are refused. */
const MAX_HELD = 1_000;
/** How long a cancel of an attempt that never arrived is remembered, in milliseconds. */
const CANCEL_MEMORY = 86_400_000;

type Of<T extends Instruction["type"]> = Extract<Instruction, { type: T }>;

/** Does what the orchestrator asks: takes on jobs, cancels them, and forgets what is settled. */
export class Jobs {
  readonly #shop: Workshop;
  readonly #trust: Trust;
  readonly #attempts: HeldAttempts;
  #inbox: Promise<void> = Promise.resolve();
  #connected = false;
  /** Counts the links, so that a welcome which is handled late does not speak for the next one. */
  #link = 0;
  #state: "open" | "closing" | "closed" = "open";

  static async open(options: HoldingOptions, trust: Trust, shop: Workshop): Promise<Jobs> {
    return new Jobs(shop, trust, await HeldAttempts.open(options, shop));
  }

  private constructor(shop: Workshop, trust: Trust, attempts: HeldAttempts) {
    this.#shop = shop;
    this.#trust = trust;
    this.#attempts = attempts;
  }

  held(): HeldAttempt[] {
    return this.#attempts.all().map((attempt) => attempt.held);
  }

  /** Handles an instruction, after those before it. */
  receive(instruction: Instruction): void {
    if (this.#state === "closed") return;
    const link = this.#link;
    this.#inbox = this.#inbox
      .then(() => this.#handle(instruction, link))
      .catch((error: unknown) => this.#shop.log.error({ err: error, type: instruction.type }, "instruction failed"));
  }

  /** The link is down: nothing is sent until the next welcome. */
  disconnected(): void {
    this.#connected = false;
    this.#link++;
    for (const attempt of this.#attempts.all()) attempt.pause();
  }

  /** Takes no more work. Running commands go on without the agent, or are ended, as `endCommands` says. */
  async close(endCommands: boolean): Promise<void> {
    this.#state = "closing";
    await this.#inbox;
    await this.#attempts.release(endCommands);
    this.#state = "closed";
    await this.#inbox;
    await this.#attempts.close();
  }

  async #handle(instruction: Instruction, link: number): Promise<void> {
    switch (instruction.type) {
      case "welcome":
        return await this.#welcome(instruction, link);
      case "run":
        return await this.#run(instruction);
      case "cancel":
        return await this.#cancel(instruction);
      case "stored":
        return this.#inBackground(this.#attempts.find(instruction)?.stored(instruction.seq));
      case "settled":
        return await this.#forget(instruction);
    }
  }

  async #welcome({ stored, settled }: Of<"welcome">, link: number): Promise<void> {
    for (const id of settled) await this.#forget(id);
    if (link !== this.#link) return;
    this.#connected = true;
    for (const attempt of this.#attempts.all()) {
      const { execution_id, fence } = attempt.job;
      const last = stored.find((one) => one.execution_id === execution_id && one.fence === fence);
      this.#inBackground(attempt.resume(last?.seq));
    }
  }

  async #run({ job: signed, secrets }: Of<"run">): Promise<void> {
    // Without an answer, the orchestrator sends the job again to the next process of the agent.
    if (this.#state !== "open") return;
    const verified = verifyJob(signed, this.#trust, this.#shop.clock.now());
    if (!verified.ok) {
      const { reason, attempt } = verified;
      this.#shop.log.warn({ reason }, "a job was turned away");
      if (attempt !== undefined) this.#answer(attempt, refused(reason));
      return;
    }
    const { job } = verified;
    this.#shop.log.debug({ execution_id: job.execution_id, fence: job.fence }, "job received");
    const held = this.#attempts.find(job);
    const settled = this.#attempts.findSettled(job);
    if (held !== undefined) return this.#inBackground(held.report());
    if (settled !== undefined) return this.#tellFinish(settled);
    const reason = this.#refusal(job);
    if (reason !== undefined) return this.#answer(job, refused(reason));
    const given = verifySecrets(secrets, job, this.#trust);
    if (!given.ok) return this.#answer(job, refused(given.reason));
    await this.#accept({ job, secrets: given.secrets });
  }

  #refusal({ execution_id, fence }: Job): string | undefined {
    const newest = this.#attempts.highestFence(execution_id);
    if (fence < newest) return `this is attempt ${fence}, and attempt ${newest} has been here before`;
    if (this.#attempts.size >= MAX_HELD) return `the agent holds ${MAX_HELD} attempts that are not settled yet`;
    return undefined;
  }

  async #accept(work: Work): Promise<void> {
    let attempt: Attempt;
    try {
      attempt = await this.#attempts.accept(work);
    } catch (error) {
      return this.#answer(work.job, refused(`the agent cannot write its journal: ${messageOf(error)}`));
    }
    if (this.#connected) this.#inBackground(attempt.resume());
  }

  async #cancel(id: AttemptId): Promise<void> {
    const held = this.#attempts.find(id);
    if (held?.finish !== undefined) return this.#inBackground(held.report());
    if (held !== undefined) return held.stop("cancelled");
    const settled = this.#attempts.findSettled(id);
    if (settled !== undefined) return this.#tellFinish(settled);
    // The job is still on its way, or was lost: if it comes, it must not run any more.
    const finish = this.#finishOf(id, { outcome: "cancelled", exit_code: null, error: null });
    await this.#attempts.remember(finish, new Date(this.#shop.clock.now().getTime() + CANCEL_MEMORY));
    this.#tellFinish(finish);
  }

  async #forget(id: AttemptId): Promise<void> {
    const attempt = this.#attempts.find(id);
    if (attempt !== undefined) await this.#attempts.forget(attempt);
  }

  /** Answers for an attempt that is not held. */
  #answer(id: AttemptId, ending: Ending): void {
    this.#tellFinish(this.#finishOf(id, ending));
  }

  #finishOf({ execution_id, fence }: AttemptId, ending: Ending): Finish {
    return { execution_id, fence, ...ending, last_seq: 0, duration_seconds: null };
  }

  #tellFinish(finish: Finish): void {
    this.#shop.send({ type: "finished", ...finish });
  }

  /** Sending may take long, and the next instruction is not to wait for it. */
  #inBackground(work: Promise<void> | undefined): void {
    work?.catch((error: unknown) => this.#shop.log.error({ err: error }, "output cannot be sent"));
  }
}
