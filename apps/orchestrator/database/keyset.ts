import { ApiError } from "@homeslice/protocol";
import { z } from "zod";

/** Where a page ends whose list is sorted by a text: the order, the last row's text, and its id. */
const Position = z.tuple([
  z.string(),
  z
    .string()
    .max(500)
    .regex(/^[^\0]*$/),
  z.uuid(),
]);

/** A place in a list: that of a row. */
export interface Place {
  readonly id: string;
  /** What the list is sorted by before the id; null when it is sorted by the id alone. */
  readonly text: string | null;
}

/** The cursor of the page that begins after a row. */
export function cursorAfter(sort: string, { text, id }: Place): string {
  return text === null ? id : Buffer.from(JSON.stringify([sort, text, id])).toString("base64url");
}

/**
 * Reads a cursor.
 * @param byText whether the list is sorted by a text before the id
 * @throws ApiError invalid_request when it is none of ours, or that of another order
 */
export function placeOf(cursor: string | undefined, sort: string, byText = false): Place | undefined {
  if (cursor === undefined) return undefined;
  if (byText) {
    const position = Position.safeParse(parse(cursor));
    if (position.success && position.data[0] === sort) return { text: position.data[1], id: position.data[2] };
  } else if (z.uuid().safeParse(cursor).success) {
    return { text: null, id: cursor };
  }
  throw new ApiError("invalid_request", "the request has 1 problem", {
    errors: [{ path: "query.cursor", message: "is not the next_cursor of a page in this order" }],
  });
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}

/** How a list is sorted, as `sort` names it: a leading dash is descending. */
export function directionOf(sort: string): { readonly order: "asc" | "desc"; readonly after: ">" | "<" } {
  return sort.startsWith("-") ? { order: "desc", after: "<" } : { order: "asc", after: ">" };
}
