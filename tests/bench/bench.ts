/** One measured figure. */
export interface Figure {
  readonly value: number;
  readonly unit: string;
  /** What it is to be at most, or at least; null when it is shown for comparison alone. */
  readonly target: number | null;
  readonly met: boolean;
  /** The same of a peer, or of the machine itself, measured in the same run; null where there is none. */
  readonly floor: number | null;
  /** `value` divided by `floor`. */
  readonly ratio: number | null;
}

export type Figures = Record<string, Figure>;

export interface BenchOptions {
  /** A small form of the same run: it shows that the bench works, and says nothing of speed. */
  readonly quick: boolean;
  /** Tells whoever waits what is being done. */
  readonly say: (line: string) => void;
}

/** A bench brings its own installation, measures, and ends what it started. */
export interface Bench {
  readonly description: string;
  /** @throws when what it ran was not right: a wrong result has no speed */
  run(options: BenchOptions): Promise<Figures>;
}

interface Measured {
  readonly value: number;
  readonly unit: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly floor?: number;
  /** What `ratio` is to be at most, or at least, on top of the target. */
  readonly ratioAtMost?: number;
  readonly ratioAtLeast?: number;
}

/** Compares what was measured with what it is to be. */
export function figure(measured: Measured): Figure {
  const { value, unit, atMost, atLeast, floor, ratioAtMost = Infinity, ratioAtLeast = 0 } = measured;
  const ratio = floor === undefined ? null : value / floor;
  const isFast = value <= (atMost ?? Infinity) && value >= (atLeast ?? 0);
  const isNearFloor = ratio === null || (ratio <= ratioAtMost && ratio >= ratioAtLeast);
  return {
    value: round(value),
    unit,
    target: atMost ?? atLeast ?? null,
    met: isFast && isNearFloor,
    floor: floor === undefined ? null : round(floor),
    ratio: ratio === null ? null : round(ratio),
  };
}

/** The value below which `share` of the samples lie. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (found === undefined) throw new RangeError("there are no samples");
  return found;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
