import type { PostgresQueryResult } from "kysely";
import type { PoolClient, QueryResultRow } from "pg";

/** Texts that are prepared, at most: each connection keeps every one of them. What comes later is planned each time. */
const LIMIT = 400;
/** What these give changes with the columns of a table, and a prepared statement may not: a newer replica may add some. */
const EVERY_COLUMN = /(?:select|returning|\.)\s*\*/i;
const commands = ["UPDATE", "DELETE", "INSERT", "MERGE", "COMMIT", "ROLLBACK"] as const;

/** Names of the prepared statements, by their texts. */
const names = new Map<string, string>();

/** What PostgreSQL says when a wait for its standbys is called off, for example by a time-out: it has no code of its own. */
const NOT_REPLICATED = /canceling.* wait for synchronous replication/;

/**
 * A connection that has each statement parsed once, and planned anew only where its values make a difference. A commit that
 * the standbys may lack is an error: PostgreSQL only warns of it.
 */
export class PreparingClient {
  readonly #client: PoolClient;
  #notReplicated: string | undefined;

  constructor(client: PoolClient) {
    this.#client = client;
    client.on("notice", ({ message }) => {
      if (message !== undefined && NOT_REPLICATED.test(message)) this.#notReplicated = message;
    });
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }

  /** Runs several statements in one go. @returns what the last one gave */
  async queryLast<R extends QueryResultRow>(text: string): Promise<R[]> {
    return [await this.#client.query<R>(text)].flat().at(-1)?.rows ?? [];
  }

  async query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const name = values.length === 0 ? undefined : nameOf(text);
    const result = await this.#client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
    const warning = this.#notReplicated;
    this.#notReplicated = undefined;
    if (warning !== undefined) throw new Error(`what was committed may be lost with this instance: ${warning}`);
    const command = commands.find((one) => one === result.command) ?? "SELECT";
    return { command, rowCount: result.rowCount ?? 0, rows: result.rows };
  }
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= LIMIT || EVERY_COLUMN.test(text)) return known;
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}
