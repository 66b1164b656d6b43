import type { Context } from "../context.ts";
import { type ClaimedRow, type ClaimOptions, claimQueued, claimWithinLimits } from "../executions/claim.ts";
import type { Claimable, Handover } from "../executions/handover.ts";
import { findUnanswered } from "../executions/unanswered.ts";
import { hasLimits } from "../limits/repository.ts";
import { Loop } from "../loop.ts";
import { Turns } from "../turns.ts";
import type { AgentRegistry } from "./registry.ts";

/** Targets claimed in one transaction at most. */
const BATCH = 1_000;
/** How long an agent has for saying that it holds what it was sent, before it is sent again. */
const ANSWER_MS = 2_000;
/** How often that is looked for. */
const ANSWER_CHECK_MS = 1_000;
/** Seconds by which an execution lock outlives the time that its work may take: for the way to the agent and back. */
const LOCK_MARGIN_SECONDS = 120;

/** Servers on which a start claims its own work, at most: the rest of it is not to wait for a claim that takes long. */
const AT_ONCE = 10;

/** Hands queued work to the agents whose links this orchestrator holds. */
export class Dispatcher implements Handover {
  readonly #context: Context;
  readonly #registry: AgentRegistry;
  readonly #loop: Loop;
  readonly #answers: Loop;
  /** Claims come one after the other: each reckons with what those before it have left of the room of a server. */
  readonly #turn = new Turns(1);
  #unsubscribe = () => {};
  #limits = { at: 0, any: false };
  /** Where there may be work since the last round; undefined is anywhere. */
  #places: Set<string> | undefined;
  /** When a round last looked everywhere. */
  #lookedAt = 0;

  constructor(context: Context, registry: AgentRegistry) {
    this.#context = context;
    this.#registry = registry;
    const dispatch = () => registry.looks.take(() => this.#dispatch());
    this.#loop = new Loop("dispatcher", dispatch, context.timings.pollMs, context.log);
    const sendAgain = () => registry.looks.take(() => this.#sendAgain());
    this.#answers = new Loop("answers", sendAgain, ANSWER_CHECK_MS, context.log);
  }

  start(): void {
    this.#unsubscribe = this.#context.bus.subscribe((hint) => {
      if (hint.kind === "work") this.#wake(hint.server_ids);
    });
    this.#loop.start();
    this.#answers.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await Promise.all([this.#loop.stop(), this.#answers.stop()]);
  }

  /** @param serverIds where there may be work; default: anywhere */
  #wake(serverIds?: readonly string[]): void {
    const own = serverIds?.filter((id) => this.#registry.server(id) !== undefined);
    if (own?.length === 0) return;
    if (own === undefined) this.#places = undefined;
    for (const id of own ?? []) this.#places?.add(id);
    this.#loop.wake();
  }

  async #dispatch(): Promise<void> {
    if (this.#registry.size === 0) return;
    const claimed = await this.#turn.take(() => this.#claim(this.#nextPlaces()));
    this.#handOut(claimed);
    if (claimed.length === BATCH) this.#wake();
  }

  /**
   * Lets a start claim its work while nobody else claims: that saves the way over the dispatcher, and one commit. What is
   * claimed by a transaction whose answer is lost goes out like all that no agent has answered.
   */
  async starting<Result extends { readonly claimed: readonly ClaimedRow[] }>(
    start: (claimable: Claimable) => Promise<Result>,
  ): Promise<Result> {
    const ended = Promise.withResolvers<void>();
    let isOurTurn = false;
    const claimable: Claimable = (serverIds) => {
      const own = serverIds.filter((id) => this.#registry.server(id) !== undefined);
      if (own.length === 0 || own.length > AT_ONCE || !this.#isUnlimited()) return undefined;
      if (!isOurTurn) {
        if (!this.#turn.areFree) return undefined;
        isOurTurn = true;
        void this.#turn.take(() => ended.promise);
      }
      return { ...this.#options(), serverIds: own };
    };
    try {
      return await this.#registry.looks.take(async () => {
        const result = await start(claimable);
        this.#handOut(result.claimed);
        return result;
      });
    } finally {
      ended.resolve();
    }
  }

  #handOut(claimed: readonly ClaimedRow[]): void {
    const { metrics, bus } = this.#context;
    for (const row of claimed) {
      // Where the link has gone since then, the agent's next one gets it: by the reconciliation, or sent again.
      this.#registry.session(row.session_id)?.run(row);
      metrics.queueSeconds.observe(row.waited_seconds);
      if (row.lock_wait_seconds !== null) metrics.lockWaitSeconds.observe(row.lock_wait_seconds);
      bus.publish({ kind: "execution", execution_id: row.execution_id });
    }
    // What was kept out by a lock that this round took may have left room for something behind it.
    const locked = claimed.filter(({ lock_wait_seconds }) => lock_wait_seconds !== null);
    this.#wake(locked.map(({ server_id }) => server_id));
  }

  /** Where this round looks: on the servers that hints named, and everywhere once in a while, in case one was lost. */
  #nextPlaces(): string[] | undefined {
    const { now, timings } = this.#context;
    const named = [...(this.#places ?? [])];
    this.#places = new Set();
    if (named.length > 0 && this.#isWithin(timings.pollMs, this.#lookedAt)) return named;
    this.#lookedAt = now().getTime();
    return undefined;
  }

  async #claim(serverIds: readonly string[] | undefined): Promise<ClaimedRow[]> {
    const { databases, maxRunning } = this.#context;
    const options = this.#options();
    if (maxRunning === undefined && !(await this.#hasLimits()))
      return await claimQueued(databases.claims, { ...options, serverIds });
    // Everywhere: under a limit that servers share, what is first in the queue of one may be behind what is in another's.
    return await claimWithinLimits(databases.claims, options, maxRunning);
  }

  #options(): ClaimOptions {
    const { orchestratorId, timings } = this.#context;
    return { orchestratorId, limit: BATCH, lockMarginSeconds: LOCK_MARGIN_SECONDS + timings.acceptMs / 1_000 };
  }

  /** Whether nobody is known to have a limit, by what the last rounds have found. */
  #isUnlimited(): boolean {
    const { timings, maxRunning } = this.#context;
    return maxRunning === undefined && this.#isWithin(2 * timings.pollMs, this.#limits.at) && !this.#limits.any;
  }

  /** Whether anybody has a limit on what runs; looked up no more often than one waits for a new one to hold. */
  async #hasLimits(): Promise<boolean> {
    const { databases, now, timings } = this.#context;
    const at = now().getTime();
    if (!this.#isWithin(timings.pollMs, this.#limits.at)) this.#limits = { at, any: await hasLimits(databases.claims) };
    return this.#limits.any;
  }

  /** Whether that was so few milliseconds ago. What is known from a time to come is from before the clock was set back. */
  #isWithin(milliseconds: number, at: number): boolean {
    return Math.abs(this.#context.now().getTime() - at) < milliseconds;
  }

  /**
   * Sends again what no agent has answered: the claim was stored and its answer lost, or the agent had a new link before
   * the claim for the old one was stored. A link over which it went out stays silent: many agents that are slow to answer
   * would only be slowed down more.
   */
  async #sendAgain(): Promise<void> {
    if (this.#registry.size === 0) return;
    const { database, orchestratorId } = this.#context;
    for (const { session_id, ...row } of await findUnanswered(database, orchestratorId, ANSWER_MS)) {
      this.#registry.session(session_id)?.run(row);
    }
  }
}
