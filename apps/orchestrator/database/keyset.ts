import { ApiError } from "@homeslice/protocol";
import { type RawBuilder, sql } from "kysely";
import { z } from "zod";

/** What a list can be sorted by: a value that every row has, for a page to begin after it. */
export interface SortKey {
  /** Never null. */
  readonly value: RawBuilder<unknown>;
  readonly type: "text" | "bigint";
}

/** How a list is sorted, whichever way it is asked for. */
export interface ListOrder<Key extends string> {
  /** Tells rows with the same value apart. */
  readonly id: { readonly column: string; readonly type: "uuid" | "bigint" };
  /** What each key stands for; undefined is the id alone, which grows with time. */
  readonly keys: Readonly<Record<Key, SortKey | undefined>>;
}

/** How somebody wants a list. */
interface Listing<Key extends string> {
  /** A key, descending where a dash is before it. */
  readonly sort: Key | `-${Key}`;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What is read of each row besides itself: its place in the list. */
interface Placed {
  readonly place_value: string | null;
  readonly place_id: string;
}

const values = {
  text: z
    .string()
    .max(500)
    .regex(/^[^\0]*$/),
  bigint: z.string().regex(/^-?\d{1,18}$/),
  uuid: z.uuid(),
};

/**
 * One page of a list, found by where the one before has ended: however far it is, and whatever was added or deleted in
 * between, nothing that stays is passed over or shown twice.
 */
export class Page<Key extends string> {
  readonly #listing: Listing<Key>;
  readonly #order: ListOrder<Key>;
  readonly #key: SortKey | undefined;
  readonly #descending: boolean;

  constructor(order: ListOrder<Key>, listing: Listing<Key>) {
    this.#listing = listing;
    this.#order = order;
    this.#descending = listing.sort.startsWith("-");
    const name = Object.keys(order.keys).find((key): key is Key => key === listing.sort.replace(/^-/, ""));
    this.#key = name && order.keys[name];
  }

  /** To be selected besides what is wanted. */
  get place() {
    const value = this.#key ? sql<string | null>`(${this.#key.value})::text` : sql<string | null>`null`;
    return [value.as("place_value"), sql<string>`${this.#id}::text`.as("place_id")];
  }

  get orderBy(): RawBuilder<unknown> {
    const direction = sql.raw(this.#descending ? "desc" : "asc");
    if (!this.#key) return sql`${this.#id} ${direction}`;
    return sql`${this.#key.value} ${direction}, ${this.#id} ${direction}`;
  }

  /** Whether a row comes after the page before. @throws ApiError invalid_request when the cursor is not of this order */
  get follows(): RawBuilder<boolean> {
    const { cursor } = this.#listing;
    if (cursor === undefined) return sql<boolean>`true`;
    const [, value, id] = this.#parse(cursor);
    const after = sql.raw(this.#descending ? "<" : ">");
    const lastId = sql`${id}::${sql.raw(this.#order.id.type)}`;
    if (!this.#key) return sql<boolean>`${this.#id} ${after} ${lastId}`;
    const last = sql`${value}::${sql.raw(this.#key.type)}`;
    return sql<boolean>`(${this.#key.value}, ${this.#id}) ${after} (${last}, ${lastId})`;
  }

  /** One row more than is wanted tells whether there is another page. */
  get limit(): number {
    return this.#listing.limit + 1;
  }

  /** The rows of the page, and the cursor of the next one. */
  of<Row extends Placed>(found: readonly Row[]): { rows: Row[]; next_cursor: string | null } {
    const rows = found.slice(0, this.#listing.limit);
    const last = rows.at(-1);
    if (found.length === rows.length || last === undefined) return { rows, next_cursor: null };
    const position = [this.#listing.sort, last.place_value, last.place_id];
    return { rows, next_cursor: Buffer.from(JSON.stringify(position)).toString("base64url") };
  }

  get #id(): RawBuilder<unknown> {
    return sql.ref(this.#order.id.column);
  }

  #parse(cursor: string): [string, string | null, string] {
    const value = this.#key ? values[this.#key.type] : z.null();
    const position = z.tuple([z.literal(this.#listing.sort), value, values[this.#order.id.type]]);
    const parsed = position.safeParse(decode(cursor));
    if (parsed.success) return parsed.data;
    throw new ApiError("invalid_request", "the request has 1 problem", {
      errors: [{ path: "query.cursor", message: "is not the next_cursor of a page in this order" }],
    });
  }
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}

/** A time as a key to sort by; what never was is before everything. */
export function timeKey(column: string): SortKey {
  return { value: sql`coalesce((extract(epoch from ${sql.ref(column)}) * 1000000)::bigint, 0)`, type: "bigint" };
}

/** A text as a key to sort by. */
export function textKey(column: string): SortKey {
  return { value: sql.ref(column), type: "text" };
}

/** Whether a text is a part of one of some columns, in capitals or not. */
export function containing(text: string, ...columns: string[]): RawBuilder<boolean> {
  const somewhere = columns.map((column) => sql`position(lower(${text}) in lower(${sql.ref(column)})) > 0`);
  return sql<boolean>`(${sql.join(somewhere, sql` or `)})`;
}
