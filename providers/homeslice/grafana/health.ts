import { UserError } from "@homeslice/config/errors.ts";
import { Agent, request } from "undici";
import { z } from "zod";
import { type Clock, realClock } from "../http/clock.ts";

/** One question to Grafana: whether it reaches a source of data. */
export interface HealthQuestion {
  /** What messages call the source. */
  readonly dataSource: string;
  /** Address that answers with success when it does. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** PEM of the certificate authority, when it is none of the usual ones. */
  readonly caCert?: string;
  /** How long it may take until it does. */
  readonly timeoutSeconds: number;
}

const POLL_MS = 2_000;
const REQUEST_MS = 15_000;

/**
 * Waits until Grafana reaches the source: either may have been started just now.
 *
 * @throws UserError `grafana.data-source`, `grafana.unauthorized`
 */
export async function untilHealthy(
  question: HealthQuestion,
  signal: AbortSignal,
  clock: Clock = realClock,
): Promise<void> {
  const deadline = clock.now() + question.timeoutSeconds * 1000;
  const { caCert } = question;
  const dispatcher = new Agent(caCert ? { connect: { ca: caCert } } : {});
  try {
    for (;;) {
      const trouble = await ask(question, dispatcher, signal);
      if (trouble === undefined) return;
      if (clock.now() >= deadline) throw unhealthy(question, trouble);
      await clock.sleep(POLL_MS, signal);
    }
  } finally {
    await dispatcher.destroy();
  }
}

/** What is wrong; undefined when nothing is. */
async function ask(question: HealthQuestion, dispatcher: Agent, signal: AbortSignal): Promise<string | undefined> {
  const { url, user, password } = question;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const limits = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]);
  try {
    const { statusCode, body } = await request(url, { dispatcher, headers: { authorization }, signal: limits });
    const told = messageIn(await body.text());
    if (statusCode === 401 || statusCode === 403) throw unauthorized(question, told);
    return statusCode < 400 ? undefined : `${told} (HTTP ${statusCode})`;
  } catch (error) {
    if (error instanceof UserError || signal.aborted) throw error;
    return `Grafana does not answer: ${error instanceof Error ? error.message : error}`;
  }
}

const answer = z.object({ message: z.string() });

function messageIn(body: string): string {
  try {
    return answer.parse(JSON.parse(body)).message;
  } catch {
    return body.slice(0, 200).trim() || "no reason given";
  }
}

function unhealthy({ dataSource, timeoutSeconds }: HealthQuestion, trouble: string): UserError {
  return new UserError({
    code: "grafana.data-source",
    where: `data source "${dataSource}"`,
    what: `Grafana cannot use it, after ${timeoutSeconds} s still: ${trouble}`,
    fix: `Look at the pods of ${dataSource} and of Grafana (kubectl get pods,events -A); then run the same command again.`,
  });
}

function unauthorized({ dataSource, user }: HealthQuestion, told: string): UserError {
  return new UserError({
    code: "grafana.unauthorized",
    where: `data source "${dataSource}"`,
    what: `Grafana does not accept the password of ${user}: ${told}`,
    fix: "When it has been changed in Grafana, set homeslice:grafana.api.password to the new one.",
  });
}
