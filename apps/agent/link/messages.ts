import type { AgentMessage } from "@homeslice/protocol/link.ts";

type WithoutVersion<T> = T extends unknown ? Omit<T, "v"> : never;

/** A message to the orchestrator; the link adds the version. */
export type Outgoing = WithoutVersion<AgentMessage>;

/** Sends a message now. False: the link is down, and nothing is kept. */
export type Send = (message: Outgoing) => boolean;
