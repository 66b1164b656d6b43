import type { Values } from "@homeslice/plugin/values.ts";

/** An answer that is none of success. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Values;

  constructor(status: number, message: string, more: Values = {}) {
    super(message);
    this.status = status;
    this.body = { message, ...more };
  }
}
