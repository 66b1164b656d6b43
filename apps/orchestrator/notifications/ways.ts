import type { PushIdentity } from "../push/identity.ts";
import type { Outbound } from "./outbound.ts";
import type { Mailer } from "./senders/email.ts";

/** Ways out of the orchestrator. */
export interface Ways {
  readonly outbound: Outbound;
  /** Undefined where no mail server is known. */
  readonly mailer: Mailer | undefined;
  readonly push: PushIdentity;
  readonly now: () => Date;
}
