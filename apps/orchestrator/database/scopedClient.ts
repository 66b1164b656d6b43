import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from "kysely";
import { escapeLiteral, type PoolClient } from "pg";
import { PreparingClient } from "./preparing.ts";

/** Settings under which statements run: whose rows they see, and how they are planned. */
export type Scope = Readonly<Record<string, string>>;

const NOTHING = { command: "SELECT", rowCount: 0, rows: [] } as const satisfies PostgresQueryResult<never>;
/** What does no harm where the transaction that it belongs to does not begin after all. */
const READ = /^\s*select\s/i;

/**
 * A connection whose statements run under the settings of whoever has it. It is told of them only when they change; a
 * transaction brings its own along, so that they cost no way to the database, and what it reads first goes out with them.
 */
export class ScopedClient implements PostgresPoolClient {
  readonly #client: PreparingClient;
  #wanted: Scope = {};
  /** What holds outside of transactions; undefined is not known. */
  #scope: Scope | undefined;
  #isInTransaction = false;
  /** The begin of a transaction, as long as it is under way. */
  #beginning: Promise<unknown> | undefined;
  /** Whether something waits for it, and so does all that follows. */
  #isHeld = false;
  #isUnfit = false;

  constructor(client: PoolClient) {
    this.#client = new PreparingClient(client);
  }

  /** Lets the statements that follow run under other settings. */
  enter(scope: Scope): this {
    this.#wanted = scope;
    return this;
  }

  query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    text: string | PostgresCursor<R>,
    values: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof text !== "string") throw new TypeError("cursors are not supported");
    return this.#execute<R>(text, values);
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy === true || this.#isUnfit);
  }

  async #execute<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const isSet = this.#isInTransaction || this.#scope === this.#wanted || text === "rollback";
    if (text === "begin") return this.#begin(isSet);
    if (!isSet) {
      this.#scope = undefined;
      await this.#set("", false);
      this.#scope = this.#wanted;
    }
    if (text === "commit" || text === "rollback") this.#isInTransaction = false;
    if (this.#beginning === undefined) return await this.#client.query<R>(text, values);
    this.#isHeld ||= !READ.test(text);
    if (this.#isHeld) {
      await this.#beginning;
      return await this.#client.query<R>(text, values);
    }
    const result = this.#client.query<R>(text, values);
    // Why a transaction does not begin is told first: that this fails too only follows from it.
    result.catch(() => {});
    await this.#beginning;
    return await result;
  }

  /** Whether it begins is told by the statement after it. */
  #begin<R>(isSet: boolean): PostgresQueryResult<R> {
    const beginning = isSet ? this.#client.query("begin", []) : this.#set("begin; ", true);
    this.#isInTransaction = true;
    this.#isHeld = false;
    this.#beginning = beginning;
    const begun = () => {
      if (this.#beginning === beginning) this.#beginning = undefined;
    };
    beginning.then(begun, begun);
    return NOTHING;
  }

  /** @throws when it is a connection to a standby: what that shows may be old, and nothing is to be decided by it */
  async #set(before: string, isLocal: boolean): Promise<void> {
    // Not as functions in a select, which is planned each time.
    const settings = Object.entries(this.#wanted).map(
      ([name, value]) => `set ${isLocal ? "local " : ""}${name} = ${escapeLiteral(value)}; `,
    );
    try {
      const text = `${before}${settings.join("")}show in_hot_standby`;
      const [answer] = await this.#client.queryLast<{ in_hot_standby: string }>(text);
      if (answer?.in_hot_standby !== "off") throw new Error("this PostgreSQL is a standby: the primary is elsewhere");
    } catch (error) {
      this.#isUnfit = true;
      throw error;
    }
  }
}
