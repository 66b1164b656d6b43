import { once } from "node:events";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import { Problem } from "@homeslice/protocol/errors.ts";
import { ENROLMENT_PATH, Enrolled, type Enrolment } from "@homeslice/protocol/link.ts";
import type { z } from "zod";
import { messageOf } from "../errors.ts";

const TIMEOUT_MS = 10_000;

/** The orchestrator did not register the key; `status` is that of HTTP, or 0 when there was no answer. */
export class RegistrationError extends Error {
  override readonly name = "RegistrationError";
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/**
 * Asks the orchestrator once to register a key. This is the agent's only request: the client of the whole API, and
 * fetch, would stay in its memory for good.
 * @throws RegistrationError
 */
export async function register(orchestratorUrl: string, enrolment: z.input<typeof Enrolment>): Promise<Enrolled> {
  const { status, body } = await post(orchestratorUrl + ENROLMENT_PATH, JSON.stringify(enrolment)).catch(
    (cause: unknown) => {
      throw new RegistrationError(0, `${orchestratorUrl} does not answer: ${messageOf(cause)}`, { cause });
    },
  );
  if (status !== 201) throw new RegistrationError(status, reasonIn(body));
  return Enrolled.parse(JSON.parse(body));
}

async function post(url: string, body: string): Promise<{ status: number; body: string }> {
  const request = (url.startsWith("https:") ? requestHttps : requestHttp)(url, {
    method: "POST",
    headers: { "content-type": "application/json", connection: "close" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  request.end(body);
  const [response] = await once(request, "response");
  return { status: response.statusCode, body: await text(response) };
}

function reasonIn(body: string): string {
  try {
    const { title, detail } = Problem.parse(JSON.parse(body));
    return detail ?? title;
  } catch {
    return body.slice(0, 500); // a proxy in between answers with what it likes
  }
}
