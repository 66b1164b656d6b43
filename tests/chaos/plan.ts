import { type FaultName, quickFaults } from "./faults.ts";
import { Random } from "./random.ts";
import { slowFaults } from "./slowFaults.ts";

/** One fault in so many rounds is a slow one. */
const SLOW_EVERY = 10;

/** The faults of a run, one a round: each comes as often as any other, in an order that the seed determines. */
export function planOf(seed: number, rounds: number): FaultName[] {
  const random = new Random(seed);
  const [quick, slow] = [deckOf(quickFaults, random), deckOf(slowFaults, random)];
  return Array.from({ length: rounds }, (_, index) => (index % SLOW_EVERY === 2 ? slow() : quick()));
}

/** Deals names, all of them before any of them again. */
function deckOf<Name extends string>(named: Readonly<Record<Name, unknown>>, random: Random): () => Name {
  const names = Object.keys(named).filter((name): name is Name => name in named);
  let left: Name[] = [];
  return () => {
    if (left.length === 0) left = [...names];
    const name = random.pick(left);
    left = left.filter((other) => other !== name);
    return name;
  };
}
