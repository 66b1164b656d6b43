import type { HostStatus } from "@homeslice/protocol";
import { Batcher } from "../batcher.ts";
import type { Context } from "../context.ts";
import { transact } from "../database/database.ts";
import { type Renewal, renewSessions, type Session } from "../servers/sessions.ts";
import { LinkOutOfStep } from "./reports.ts";

/** Heartbeats written in one statement, at most. */
const BATCH = 1_000;
/** How long a heartbeat waits for others, in milliseconds: nobody waits for it, and each statement takes as long as many. */
const GATHER_MS = 100;

/** Notes that agents are alive, many in one statement. */
export class Heartbeats {
  readonly #batcher: Batcher<Renewal, boolean>;

  constructor({ database, timings }: Context) {
    this.#batcher = new Batcher(
      async (renewals) => {
        const renewed = await transact(database, (transaction) =>
          renewSessions(transaction, renewals, timings.sessionMs),
        );
        return renewals.map(({ sessionId }) => renewed.has(sessionId));
      },
      BATCH,
      GATHER_MS,
    );
  }

  /** @throws LinkOutOfStep when the server has another link by now */
  async renew(session: Session, status: HostStatus): Promise<void> {
    const renewed = await this.#batcher.submit({ ...session, status });
    if (!renewed) throw new LinkOutOfStep("the server has another link by now");
  }
}
