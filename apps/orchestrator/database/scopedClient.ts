import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from "kysely";
import { escapeLiteral, type PoolClient } from "pg";
import { PreparingClient } from "./preparing.ts";

/** Settings under which statements run: whose rows they see, and how they are planned. */
export type Scope = Readonly<Record<string, string>>;

/**
 * A connection whose statements run under the settings of whoever has it. It is told of them only when they change; a
 * transaction brings its own along, so that they cost no way to the database.
 */
export class ScopedClient implements PostgresPoolClient {
  readonly #client: PreparingClient;
  #wanted: Scope = {};
  /** What holds outside of transactions; undefined is not known. */
  #scope: Scope | undefined;
  #isInTransaction = false;
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
    if (text === "begin") {
      const begun = isSet ? await this.#client.query<R>(text, values) : await this.#set<R>("begin; ", true);
      this.#isInTransaction = true;
      return begun;
    }
    if (!isSet) {
      this.#scope = undefined;
      await this.#set("", false);
      this.#scope = this.#wanted;
    }
    if (text === "commit" || text === "rollback") this.#isInTransaction = false;
    return await this.#client.query<R>(text, values);
  }

  /** @throws when it is a connection to a standby: what that shows may be old, and nothing is to be decided by it */
  async #set<R>(before: string, isLocal: boolean): Promise<PostgresQueryResult<R>> {
    const settings = Object.entries(this.#wanted).map(
      ([name, value]) => `set_config(${escapeLiteral(name)}, ${escapeLiteral(value)}, ${isLocal})`,
    );
    try {
      const text = `${before}select ${settings.join(", ")}, pg_is_in_recovery() as standby`;
      const [answer] = await this.#client.queryLast<{ standby: boolean }>(text);
      if (answer?.standby !== false) throw new Error("this PostgreSQL is a standby: the primary is elsewhere");
    } catch (error) {
      this.#isUnfit = true;
      throw error;
    }
    return { command: "SELECT", rowCount: 0, rows: [] };
  }
}
