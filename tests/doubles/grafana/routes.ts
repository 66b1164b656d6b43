import type { Value } from "@homeslice/plugin/values.ts";
import { z } from "zod";
import { Refusal } from "./refusal.ts";

/** A request to one route: the parts of its path that vary, its query, and its body in the form that the route wants. */
export interface Request<Body> {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
}

/** One operation of the API. */
export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly answer: (path: Readonly<Record<string, string>>, query: URLSearchParams, body: unknown) => Value;
}

/**
 * Defines an operation.
 *
 * @param template `POST /folders/{uid}/move`; `{rest*}` stands for any number of segments
 */
export function route<Body extends z.ZodType>(
  template: string,
  body: Body,
  answer: (request: Request<z.output<Body>>) => Value,
): Route {
  const [method = "", path = ""] = template.split(" ");
  const pattern = path.replaceAll(/\{(\w+)(\*?)\}/g, (_, name, rest) => `(?<${name}>${rest ? ".+" : "[^/]+"})`);
  return {
    method,
    pattern: new RegExp(`^${pattern}$`),
    answer: (values, query, given) => answer({ path: values, query, body: parsed(body, given) }),
  };
}

/** For requests without a body. */
export const nothing = z.undefined();

function parsed<Body extends z.ZodType>(schema: Body, given: unknown): z.output<Body> {
  const result = schema.safeParse(given);
  if (!result.success) throw new Refusal(400, `bad request data: ${z.prettifyError(result.error)}`);
  return result.data;
}
