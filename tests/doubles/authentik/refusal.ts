import type { JsonObject } from "./json.ts";

/** An answer that is none of success. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: JsonObject;

  constructor(status: number, body: JsonObject) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

export const notFound = () => new Refusal(404, { detail: "Not found." });

export const invalid = (fields: Record<string, string[]>) => new Refusal(400, fields);
