import type { PlatformHealth } from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { healthOf, nothing } from "./health.ts";
import type { Sample } from "./prometheus.ts";
import { queries } from "./queries.ts";

/** The platform around the orchestrator, as far as Prometheus measures it. */
export class Platform {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Says how it is now; also that nobody knows, or that Prometheus does not answer. */
  async health(): Promise<PlatformHealth> {
    const { prometheus, log } = this.#context;
    if (prometheus === undefined) return { prometheus: "none", ...nothing };
    try {
      const asked = Object.entries(queries).map(async ([name, expression]) => {
        return [name, await prometheus.query(expression)] as const;
      });
      const answers = new Map<string, readonly Sample[]>(await Promise.all(asked));
      return { prometheus: "ok", ...healthOf((name) => answers.get(name) ?? []) };
    } catch (error) {
      log.warn({ err: error }, "Prometheus does not answer");
      return { prometheus: "unreachable", ...nothing };
    }
  }
}
