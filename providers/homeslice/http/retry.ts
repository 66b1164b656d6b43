import type { Clock } from "./clock.ts";

/** How often and after which pauses a failed request is repeated. */
export interface RetrySettings {
  /** Repetitions after the first attempt. */
  readonly retries: number;
  /** Upper bound of the first pause; doubles with each repetition. */
  readonly baseMs: number;
  /** Upper bound of any pause that the server does not ask for. */
  readonly maxMs: number;
  /** The longest pause that the server may ask for. */
  readonly maxRetryAfterMs: number;
}

/** One attempt that failed, as far as the decision to repeat it goes. */
export interface FailedAttempt {
  readonly method: string;
  /** Undefined when no answer came. */
  readonly status?: number;
  /** The request never reached the server. */
  readonly refused: boolean;
}

const idempotent = new Set(["GET", "HEAD", "PUT", "PATCH", "DELETE"]);

/**
 * Whether repeating can neither harm nor be in vain: what was not carried out (refused connection, 429) always; a
 * lost answer or a 5xx only where a second time has the same effect. Updates set absolute values, so PATCH qualifies.
 */
export function isRepeatable({ method, status, refused }: FailedAttempt): boolean {
  if (refused || status === 429) return true;
  return idempotent.has(method) && (status === undefined || status >= 500);
}

/** Pause before the repetition: what the server asks for, else exponential with full jitter. */
export function pauseMs(
  repetition: number,
  retryAfter: string | null | undefined,
  settings: RetrySettings,
  clock: Pick<Clock, "date" | "random">,
): number {
  const asked = retryAfterMs(retryAfter, clock);
  if (asked !== undefined) return Math.min(asked, settings.maxRetryAfterMs);
  return clock.random() * Math.min(settings.maxMs, settings.baseMs * 2 ** repetition);
}

/** Retry-After is a number of seconds or a date. */
function retryAfterMs(header: string | null | undefined, clock: Pick<Clock, "date">): number | undefined {
  if (!header) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.date().getTime());
}
