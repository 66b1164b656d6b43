import type { Duplex } from "node:stream";
import { Agent, request } from "undici";
import type { BreakerSettings } from "./breaker.ts";
import { CircuitBreaker } from "./breaker.ts";
import { type Clock, realClock } from "./clock.ts";
import { AuthentikError, type FailedRequest } from "./errors.ts";
import { refusal } from "./refusal.ts";
import { isRepeatable, pauseMs, type RetrySettings } from "./retry.ts";
import { connectorOf, failedInTunnel, tunnelErrorIn } from "./tunnelled.ts";

/** How requests are sent. */
export interface TransportSettings {
  /** Time for one attempt, from connecting to the last byte of the answer. */
  readonly requestTimeoutMs: number;
  readonly retry: RetrySettings;
  readonly breaker: BreakerSettings;
  /** PEM of the certificate authority that the server's certificate is checked against, instead of the usual ones. */
  readonly caCert?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
  /** How to connect, where the address alone does not say it. It throws TunnelErrors. */
  readonly connect?: (() => Promise<Duplex>) | undefined;
}

/** What suits a server that takes a minute for a restart. */
export const transportDefaults: TransportSettings = {
  requestTimeoutMs: 30_000,
  retry: { retries: 6, baseMs: 500, maxMs: 10_000, maxRetryAfterMs: 60_000 },
  breaker: { failures: 30, openMs: 15_000 },
};

const refusedCodes = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** Sends requests over kept-alive connections: time-outs, repetitions with back-off, and a circuit breaker. */
export class Transport {
  readonly #settings: TransportSettings;
  readonly #clock: Clock;
  readonly #breaker: CircuitBreaker;
  readonly #agent: Agent;
  readonly #cancellation = new AbortController();

  constructor(settings: TransportSettings, clock: Clock = realClock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#breaker = new CircuitBreaker(settings.breaker, clock);
    this.#agent = new Agent(agentOptions(settings));
  }

  /**
   * Has the signature of `fetch`, as far as the generated client needs it. Resolves with answers of success alone.
   *
   * @throws AuthentikError for all others
   */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const failed = { method: init.method ?? "GET", path: url.pathname + url.search };
    for (let repetition = 0; ; repetition++) {
      const result = await this.#attempt(url, init, failed);
      if ("response" in result) return result.response;
      if (repetition >= this.#settings.retry.retries || !result.repeatable) throw result.error;
      const pause = pauseMs(repetition, result.retryAfter, this.#settings.retry, this.#clock);
      await this.#clock.sleep(pause, this.#cancellation.signal);
    }
  };

  /** Ends all that is under way. */
  cancel(): void {
    this.#cancellation.abort(new Error("cancelled"));
  }

  /** Closes the kept connections. */
  close(): Promise<void> {
    return this.#agent.close();
  }

  async #attempt(url: URL, init: RequestInit, failed: FailedRequest): Promise<AttemptResult> {
    if (!this.#breaker.admits()) {
      const what = "not sent, because many requests have failed in a row";
      return {
        error: new AuthentikError({ code: "authentik.circuit-open", request: failed, what }),
        repeatable: false,
      };
    }
    const result = await this.#send(url, init, failed);
    this.#breaker.report("response" in result || result.healthy === true);
    return result;
  }

  async #send(url: URL, init: RequestInit, failed: FailedRequest): Promise<AttemptResult> {
    const { method } = failed;
    try {
      const answer = await this.#exchange(url, init, method);
      if (answer.ok) return { response: answer };
      const { status } = answer;
      return {
        error: refusal(failed, status, await answer.text()),
        repeatable: isRepeatable({ method, status, refused: false }),
        retryAfter: answer.headers.get("retry-after"),
        healthy: status < 500, // it answers: busy or of another opinion is not ill
      };
    } catch (error) {
      if (this.#cancellation.signal.aborted) throw error;
      const broken = tunnelErrorIn(error);
      if (broken) return failedInTunnel(failed, broken);
      const code = codeOf(error);
      return {
        error: lost(failed, code, error, this.#settings.requestTimeoutMs),
        repeatable: isRepeatable({ method, refused: refusedCodes.has(code) }),
      };
    }
  }

  async #exchange(url: URL, init: RequestInit, method: string): Promise<Response> {
    const timeout = AbortSignal.timeout(this.#settings.requestTimeoutMs);
    const { statusCode, headers, body } = await request(url, {
      dispatcher: this.#agent,
      method: method === "PATCH" || method === "POST" || method === "PUT" || method === "DELETE" ? method : "GET",
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof init.body === "string" ? init.body : null,
      signal: AbortSignal.any([timeout, this.#cancellation.signal]),
    });
    const text = await body.text();
    const pairs = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    return new Response(statusCode === 204 ? null : text, { status: statusCode, headers: pairs });
  }
}

function agentOptions({ connect, caCert, insecureSkipVerify }: TransportSettings): Agent.Options {
  const common = { connections: 8 };
  if (connect) {
    // The node at the other end does not tell when a pod hangs up: what was idle for long is better not used again.
    return { ...common, keepAliveTimeout: 4_000, connect: connectorOf(connect) };
  }
  const tls = { ...(caCert ? { ca: caCert } : {}), rejectUnauthorized: !insecureSkipVerify };
  return { ...common, keepAliveTimeout: 30_000, connect: tls };
}

type AttemptResult =
  | { readonly response: Response }
  | {
      readonly error: AuthentikError;
      readonly repeatable: boolean;
      readonly retryAfter?: string | null;
      /** The server is well although it did not do what was asked. */
      readonly healthy?: boolean;
    };

/** The code of a network error, which may be wrapped once or hold several attempts. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if (error.name === "TimeoutError") return "TIMEOUT";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause === undefined ? "" : codeOf(error.cause);
}

function lost(request: FailedRequest, code: string, cause: unknown, timeoutMs: number): AuthentikError {
  const uncertain = request.method === "POST" ? "; it may have been carried out all the same" : "";
  if (code === "TIMEOUT" || code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_CONNECT_TIMEOUT") {
    const what = `no answer within ${timeoutMs / 1000} s${uncertain}`;
    return new AuthentikError({ code: "authentik.timeout", request, what }, { cause });
  }
  const reason = cause instanceof Error ? cause.message || code : String(cause);
  const what = refusedCodes.has(code) ? `cannot connect: ${reason}` : `the connection was lost: ${reason}${uncertain}`;
  return new AuthentikError({ code: "authentik.unreachable", request, what }, { cause });
}
