import { z } from "zod";
import type { Permission } from "./access.ts";

/** One REST route: everything that a server, a client and the documentation need to know of it. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path with `{name}` placeholders. */
  readonly path: string;
  readonly summary: string;
  /** What the caller must be allowed to do; `public` routes authenticate by their body. */
  readonly permission: Permission | "public";
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType;
  readonly status: 200 | 201 | 202 | 204;
  readonly response: z.ZodType;
  /** Whether `Idempotency-Key` makes repeating a request safe: the same key gives the same answer, and acts once. */
  readonly idempotent: boolean;
}

const nothing = z.strictObject({});
const noBody = z.undefined();
const defaults = { params: nothing, query: nothing, body: noBody, status: 200, idempotent: false } as const;

/** Declares a route: fills in what a route does not take. */
export function route<const R extends Partial<Route> & Omit<Route, keyof typeof defaults>>(
  definition: R,
): Omit<typeof defaults, keyof R> & R {
  return { ...defaults, ...definition };
}

/** How a list is asked for. */
export const Paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.uuid().optional().meta({ description: "`next_cursor` of the page before" }),
});

/** How a list that can be sorted is asked for: by one of some keys, each descending when it begins with a dash. */
export function sorting<const Key extends string>(byDefault: Key, ...others: Key[]) {
  return z.strictObject({
    sort: z.enum([byDefault, ...others]).default(byDefault),
    limit: Paging.shape.limit,
    cursor: z
      .string()
      .max(1_000)
      .optional()
      .meta({ description: "`next_cursor` of the page before, in the same order" }),
  });
}

/** One page of a list, with where the next one starts. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}
