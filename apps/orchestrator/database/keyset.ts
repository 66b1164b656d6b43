import { ApiError } from "@homeslice/protocol";
import { z } from "zod";

/** Where a page of a sorted list ends: the last row's sort key and id. */
const Position = z.tuple([
  z.string(),
  z
    .string()
    .max(500)
    .regex(/^[^\0]*$/)
    .nullable(),
  z.uuid(),
]);

/** A place in a list that is sorted by some key, and then by id. */
export interface Place {
  readonly value: string | null;
  readonly id: string;
}

/** The cursor of the page that begins after a row. */
export function cursorAfter(sort: string, { value, id }: Place): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString("base64url");
}

/** Reads a cursor. @throws ApiError invalid_request when it is none of ours, or that of another order */
export function placeOf(cursor: string | undefined, sort: string): Place | undefined {
  if (cursor === undefined) return undefined;
  const position = Position.safeParse(parse(cursor));
  if (position.success && position.data[0] === sort) return { value: position.data[1], id: position.data[2] };
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
