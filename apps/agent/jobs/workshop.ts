import type { Logger } from "pino";
import type { Clock, Timings } from "../clock.ts";
import type { Send } from "../link/messages.ts";
import type { Policy } from "../policy/policy.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Vault } from "./vault.ts";

/** What every attempt on this agent shares. */
export interface Workshop {
  /** Name of the host, for messages. */
  readonly hostname: string;
  readonly policy: () => Policy;
  /** Where the owner of the server keeps the secrets that operations may use. */
  readonly secretsDir: string;
  /** Where secrets are that came with jobs. */
  readonly vault: Vault;
  /** Real paths of the agent's own directories: no operation sees them. */
  readonly ownPaths: readonly string[];
  readonly sandbox: Sandbox;
  readonly send: Send;
  readonly clock: Clock;
  readonly timings: Timings;
  readonly log: Logger;
}
