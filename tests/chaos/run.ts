import { copyFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Checker, type Findings } from "./checker.ts";
import { type FaultName, faults } from "./faults.ts";
import { planOf } from "./plan.ts";
import { Random } from "./random.ts";
import { Scene } from "./scene.ts";
import { alone, lasting } from "./slowFaults.ts";
import { settle, submit, submitToFleet } from "./work.ts";
import { beginRun, settleRuns } from "./workflows.ts";

export interface ChaosOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Simulated agents beside the real ones. */
  readonly fleet: number;
  /** One fault a round, in this order; default: chosen by the seed. */
  readonly plan?: readonly FaultName[];
  readonly say: (line: string) => void;
}

export interface ChaosReport {
  readonly rounds: number;
  readonly seed: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly regressed: number;
  readonly gaps: number;
  /** Executions that another agent kept waiting, and those that left processes behind. */
  readonly late: number;
  readonly left: number;
  /** Runs of workflows whose steps were not begun once each, in their order. */
  readonly disordered: number;
  readonly executions: number;
  readonly seconds: number;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
}

/** Rounds after which everything is mended, ended and checked, unless something lasts: then once it is over. */
const ACT = 5;
/** Executions that are under way when a fault strikes, at most, and that are started while it lasts. */
const MAX_WORK = 3;
const MAX_WAIT_MS = 300;

/** Rounds of work and faults; every few of them, the history is checked. It ends at the first broken promise. */
export async function runChaos({ rounds, seed, fleet, plan, say }: ChaosOptions): Promise<ChaosReport> {
  const started = performance.now();
  const scene = await Scene.open(fleet);
  for (const reason of scene.cast.missing) say(`left out: ${reason}`);
  const play = new Play(scene, seed);
  try {
    const names = plan ?? planOf(seed, rounds);
    for (let round = 1; round <= rounds && !play.checker.isBroken; round++) {
      const name = names[round - 1] ?? "linksCut";
      say(`round ${round}: ${faults[name].description}`);
      await play.round(round, name);
      if (play.isActOver || round === rounds) await play.settle();
    }
    if (play.checker.isBroken) {
      tell(play.checker.findings, say);
      keep(scene, say);
    }
    return { ...play.report(seed), seconds: Math.round((performance.now() - started) / 1_000) };
  } catch (error) {
    keep(scene, say);
    throw error;
  } finally {
    await scene.close();
  }
}

/** A run under way. */
class Play {
  readonly checker = new Checker();
  readonly #scene: Scene;
  readonly #seed: number;
  readonly #struck: Record<string, number> = {};
  /** Faults that last while others strike. */
  #lasting: Promise<void> = Promise.resolve();
  #isLasting = false;
  #executions = 0;
  #rounds = 0;
  /** The round after which everything was mended. */
  #settled = 0;

  constructor(scene: Scene, seed: number) {
    this.#scene = scene;
    this.#seed = seed;
  }

  get isActOver(): boolean {
    return this.#rounds - this.#settled >= ACT && !this.#isLasting;
  }

  /** Work is under way when the fault strikes, and more is started while it lasts. */
  async round(round: number, name: FaultName): Promise<void> {
    this.#rounds = round;
    this.#struck[name] = (this.#struck[name] ?? 0) + 1;
    const random = new Random(this.#seed * 1_000_003 + round);
    // Choices of their own: what runs side by side must not take numbers from each other.
    const fork = () => new Random(random.between(0, 2 ** 31));
    const [before, ofFleet, ofRuns, during, striking] = [fork(), fork(), fork(), fork(), fork()];
    const goesOn = lasting.includes(name);
    if (alone.includes(name)) await this.settle();
    await Promise.all([
      submitToFleet(this.#scene, ofFleet),
      // What is started in the last round of an act would only be waited for.
      round - this.#settled < ACT ? beginRun(this.#scene, ofRuns) : undefined,
      submit(this.#scene, before, before.between(1, MAX_WORK)),
    ]);
    await setTimeout(random.between(0, MAX_WAIT_MS));
    if (goesOn) await this.#lasting;
    const strike = faults[name].strike(this.#scene, striking);
    if (goesOn) this.#last(strike);
    await Promise.all([goesOn ? undefined : strike, submit(this.#scene, during, during.between(1, MAX_WORK))]);
  }

  #last(strike: Promise<void>): void {
    this.#isLasting = true;
    this.#lasting = strike.finally(() => {
      this.#isLasting = false;
    });
  }

  /** Everything is mended and has ended; what happened is checked. */
  async settle(): Promise<void> {
    this.#settled = this.#rounds;
    await this.#lasting;
    await this.#scene.mended();
    await settleRuns(this.#scene, new Random(this.#seed));
    await settle(this.#scene, new Random(this.#seed));
    const events = this.#scene.history.take();
    this.#executions += events.filter(({ type }) => type === "acknowledged").length;
    this.checker.check(events);
  }

  report(seed: number): Omit<ChaosReport, "seconds"> {
    const { lost, duplicated, regressed, gaps, late, left, disordered } = this.checker.findings;
    return {
      rounds: this.#rounds,
      seed,
      lost: lost.length,
      duplicated: duplicated.length,
      regressed: regressed.length,
      gaps: gaps.length,
      late: late.length,
      left: left.length,
      disordered: disordered.length,
      executions: this.#executions,
      faults: this.#struck,
    };
  }
}

function tell(findings: Findings, say: (line: string) => void): void {
  for (const [kind, found] of Object.entries<string[]>({ ...findings })) {
    for (const one of found) say(`${kind}: ${one}`);
  }
}

/** Keeps what one needs to find out why. */
function keep({ cast: { installation } }: Scene, say: (line: string) => void): void {
  const kept = mkdtempSync(join(tmpdir(), "homeslice-chaos-"));
  const logs = ["orchestrator-a", "orchestrator-b", "agent-1", "agent-2", "patient", "postgresql"];
  for (const file of ["history.ndjson", ...logs.map((name) => `${name}.log`)]) {
    copyFileSync(installation.path(file), join(kept, file));
  }
  say(`the history and the logs are kept in ${kept}`);
}
