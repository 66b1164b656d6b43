/** What goes wrong with a request. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  /** The request is carried out, but its answer never comes. */
  | { readonly kind: "silence" }
  /** The connection ends in the middle, before the request is carried out. */
  | { readonly kind: "reset" };

interface Rule {
  readonly fault: Fault;
  readonly matches: (request: { readonly method: string; readonly path: string }) => boolean;
  left: number;
}

/** Faults that are waiting for the requests that they are meant for. */
export class Faults {
  readonly #rules: Rule[] = [];

  /** The next `times` requests of that method (any by default) whose path begins so get the fault. */
  inject(
    fault: Fault,
    { method, path = "/", times = 1 }: { method?: string; path?: string; times?: number } = {},
  ): void {
    const matches: Rule["matches"] = (request) =>
      (method === undefined || request.method === method) && request.path.startsWith(path);
    this.#rules.push({ fault, matches, left: times });
  }

  /** The fault for this request; it is used up. */
  take(request: { readonly method: string; readonly path: string }): Fault | undefined {
    const rule = this.#rules.find(({ left, matches }) => left > 0 && matches(request));
    if (!rule) return undefined;
    rule.left--;
    return rule.fault;
  }

  /** Forgets all that is waiting. */
  clear(): void {
    this.#rules.length = 0;
  }
}
