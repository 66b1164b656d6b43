import { ClientError } from "@homeslice/protocol/client.ts";
import type { z } from "zod";

/** What is wrong with what was filled in, by the place in the body that is sent: `timing.expression` → why. */
export type Faults = Readonly<Record<string, string>>;

/** The faults that the API found in a body, each at its place; those of other parts of a request keep their own. */
export function faultsOf(error: unknown): Faults {
  const errors = error instanceof ClientError ? (error.problem.errors ?? []) : [];
  return Object.fromEntries(errors.map(({ path, message }) => [path.replace(/^body\./, ""), message]));
}

/** The faults that a schema found, in the places by which the API would name them. */
export function schemaFaults(error: z.ZodError): Faults {
  const first: Record<string, string> = {};
  for (const { path, message } of error.issues) first[path.map(String).join(".")] ??= message;
  return first;
}

/** The fault of a field: one at its place, or at a place inside of it. */
export function faultAt(faults: Faults, path: string): string | undefined {
  return faults[path] ?? Object.entries(faults).find(([place]) => place.startsWith(`${path}.`))?.[1];
}

/** The faults that none of the fields shows. */
export function faultsElsewhere(faults: Faults, fields: readonly string[]): [string, string][] {
  const shown = (place: string) => fields.some((field) => place === field || place.startsWith(`${field}.`));
  return Object.entries(faults).filter(([place]) => !shown(place));
}
