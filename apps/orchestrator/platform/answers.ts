import type { Sample } from "./prometheus.ts";
import type { QueryName } from "./queries.ts";

/** What each query was answered. */
export type Answers = (query: QueryName) => readonly Sample[];

/** The value of what has the same labels, as far as they are looked at. */
export type Lookup = (labels: Sample["labels"]) => number | undefined;

/** Finds a value by some of its labels. */
export function by(samples: readonly Sample[], ...names: readonly string[]): Lookup {
  const keyOf = (labels: Sample["labels"]) => JSON.stringify(names.map((name) => labels[name] ?? ""));
  const values = new Map(samples.map(({ labels, value }) => [keyOf(labels), value]));
  return (labels) => values.get(keyOf(labels));
}

/** A time from seconds since 1970; null for none. */
export function momentOf(seconds: number | undefined): string | null {
  return seconds === undefined || seconds <= 0 ? null : new Date(seconds * 1_000).toISOString();
}
