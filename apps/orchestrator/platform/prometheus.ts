import { z } from "zod";

/** One value with what it is of. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const TIMEOUT_MS = 5_000;

const Vector = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

/** Over which time, and how often in it. */
export interface Range {
  readonly from: Date;
  readonly to: Date;
  readonly stepSeconds: number;
}

/** A value at a time, in seconds since 1970. */
export type Point = readonly [seconds: number, value: number];

const Matrix = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("matrix"),
    result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});

/** The Prometheus that measures the platform, by its HTTP API. */
export class Prometheus {
  readonly #url: string;

  /** @param url its address, with the path below which its API is, if it has one */
  constructor({ href }: URL) {
    this.#url = href.replace(/\/*$/, "/");
  }

  /**
   * Says what an expression is now; values that are no numbers are left out.
   * @throws when it does not answer within five seconds, or not as it should
   */
  async query(expression: string): Promise<Sample[]> {
    const { data } = Vector.parse(await this.#ask("api/v1/query", { query: expression }));
    return data.result
      .map(({ metric, value: [, text] }) => ({ labels: metric, value: Number(text) }))
      .filter(({ value }) => Number.isFinite(value));
  }

  /** Says what an expression of one series was over time. @throws as `query` does */
  async range(expression: string, { from, to, stepSeconds }: Range): Promise<Point[]> {
    const times = { start: from.toISOString(), end: to.toISOString(), step: `${stepSeconds}` };
    const { data } = Matrix.parse(await this.#ask("api/v1/query_range", { query: expression, ...times }));
    const values = data.result[0]?.values ?? [];
    return values.map(([at, text]) => [at, Number(text)] as const).filter(([, value]) => Number.isFinite(value));
  }

  async #ask(path: string, form: Readonly<Record<string, string>>): Promise<unknown> {
    const body = new URLSearchParams(form);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(new URL(path, this.#url), { method: "POST", body, signal, redirect: "error" });
    if (!response.ok) throw new Error(`Prometheus answered ${response.status}`);
    return await response.json();
  }
}
