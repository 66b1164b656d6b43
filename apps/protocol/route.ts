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
  /** Whether `If-Match` holds a change to the version that the caller has seen. */
  readonly versioned: boolean;
}

const nothing = z.strictObject({});
const noBody = z.undefined();
const defaults = {
  params: nothing,
  query: nothing,
  body: noBody,
  status: 200,
  idempotent: false,
  versioned: false,
} as const;

/** Declares a route: fills in what a route does not take. */
export function route<const R extends Partial<Route> & Omit<Route, keyof typeof defaults>>(
  definition: R,
): Omit<typeof defaults, keyof R> & R {
  return { ...defaults, ...definition };
}

/** By what a list can be sorted: each key, descending where a dash is before it. */
export function sortedBy<const Key extends string>(...keys: readonly Key[]) {
  return z.enum(keys.flatMap((key) => [key, `-${key}`] as const));
}

/** How a list is asked for: in an order, and page by page. */
export function listing<Sort extends z.ZodType>(sort: Sort, mostAtOnce = 1_000) {
  return z.strictObject({
    sort,
    limit: z.coerce.number().int().min(1).max(mostAtOnce).default(Math.min(100, mostAtOnce)),
    cursor: z
      .string()
      .max(1_000)
      .optional()
      .meta({ description: "`next_cursor` of the page before, in the same order" }),
  });
}

/** Part of a text that is looked for, whether in capitals or not. */
export const Search = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\0]*$/);

/** One page of a list, with where the next one starts. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}
