import { type Figures, figure, quantile } from "../bench.ts";

/** Milliseconds, and those of the floor. */
export interface Times {
  readonly measured: readonly number[];
  readonly floor: readonly number[];
}

/** The median and the 95th percentile, which has a target. */
export function timesOf(name: string, { measured, floor }: Times, atMost: number): Figures {
  const [p50, p95] = [0.5, 0.95];
  const unit = "ms";
  return {
    [`${name}_p50`]: figure({ value: quantile(measured, p50), unit, floor: quantile(floor, p50) }),
    [`${name}_p95`]: figure({ value: quantile(measured, p95), unit, atMost, floor: quantile(floor, p95) }),
  };
}
