import type { Job } from "@homeslice/protocol/link.ts";

/** A job, with the secrets of the orchestrator that it asks for, by their names. */
export interface Work {
  readonly job: Job;
  readonly secrets: ReadonlyMap<string, string>;
}
