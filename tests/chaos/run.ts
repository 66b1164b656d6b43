import { copyFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { check, type Findings } from "./checker.ts";
import { type FaultName, faults, quickFaults, slowFaults } from "./faults.ts";
import { Random } from "./random.ts";
import { Scene } from "./scene.ts";
import { settle, submit, submitToFleet } from "./work.ts";

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
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  readonly executions: number;
}

/** One fault in so many rounds is a slow one. */
const SLOW_EVERY = 20;
/** Executions that are under way when a fault strikes, at most, and that are started while it lasts. */
const MAX_WORK = 4;
const MAX_WAIT_MS = 400;

/** Rounds of work and faults; after each, the whole history is checked. It ends at the first that breaks a promise. */
export async function runChaos({ rounds, seed, fleet, plan, say }: ChaosOptions): Promise<ChaosReport> {
  const scene = await Scene.open(fleet);
  const struck: Record<string, number> = {};
  try {
    let findings = check([]);
    let round = 0;
    while (round < rounds && !isBroken(findings)) {
      round++;
      const random = new Random(seed * 1_000_003 + round);
      const name = plan?.[round - 1] ?? choose(random, round);
      struck[name] = (struck[name] ?? 0) + 1;
      say(`round ${round}: ${faults[name].description}`);
      await playRound(scene, random, name);
      findings = check(scene.history.events);
    }
    if (isBroken(findings)) tell(scene, findings, say);
    const { lost, duplicated, regressed, gaps } = findings;
    return {
      rounds: round,
      seed,
      lost: lost.length,
      duplicated: duplicated.length,
      regressed: regressed.length,
      gaps: gaps.length,
      faults: struck,
      executions: acknowledged(scene).length,
    };
  } finally {
    await scene.close();
  }
}

/** Work is under way when the fault strikes, and more is started while it lasts. */
async function playRound(scene: Scene, random: Random, name: FaultName): Promise<void> {
  const known = acknowledged(scene).length;
  // Choices of their own: what runs side by side must not take numbers from each other.
  const [before, during, strike, asking] = Array.from({ length: 4 }, () => new Random(random.between(0, 2 ** 31)));
  if (before === undefined || during === undefined || strike === undefined || asking === undefined) return;
  await submitToFleet(scene, before);
  await submit(scene, before, before.between(1, MAX_WORK));
  await setTimeout(random.between(0, MAX_WAIT_MS));
  await Promise.all([faults[name].strike(scene, strike), submit(scene, during, during.between(1, MAX_WORK))]);
  await settle(scene, asking, new Set(acknowledged(scene).slice(known)));
}

function choose(random: Random, round: number): FaultName {
  return random.pick(round % SLOW_EVERY === 0 ? slowFaults : quickFaults);
}

function acknowledged({ history }: Scene): string[] {
  return history.events.flatMap((event) => (event.type === "acknowledged" ? [event.execution] : []));
}

export function isBroken(findings: Findings): boolean {
  return Object.values(findings).some((found: string[]) => found.length > 0);
}

/** Says what was found, and keeps what one needs to find out why. */
function tell({ installation }: Scene, findings: Findings, say: (line: string) => void): void {
  for (const [kind, found] of Object.entries<string[]>({ ...findings })) {
    for (const one of found) say(`${kind}: ${one}`);
  }
  const kept = mkdtempSync(join(tmpdir(), "homeslice-chaos-"));
  for (const file of ["history.ndjson", "orchestrator-a.log", "orchestrator-b.log", "agent-1.log", "agent-2.log"]) {
    copyFileSync(installation.path(file), join(kept, file));
  }
  say(`the history and the logs are kept in ${kept}`);
}
