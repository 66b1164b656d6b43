import type { KeyObject } from "node:crypto";
import { encodePublicKey } from "@homeslice/protocol/signing.ts";
import type { Logger } from "pino";
import { type Clock, pause } from "../clock.ts";
import { StartupError } from "../errors.ts";
import { readIfPresent } from "../files.ts";
import type { Backoff } from "../link/backoff.ts";
import { type Identity, saveIdentity } from "./identity.ts";
import { RegistrationError, register } from "./registration.ts";

export interface EnrolmentOptions {
  readonly orchestratorUrl: string;
  readonly tokenFile: string | undefined;
  readonly stateDir: string;
  readonly hostname: string;
  readonly privateKey: KeyObject;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Registers the key of this agent with its enrolment token. Waits for an orchestrator that does not answer; undefined
 * when the signal aborts meanwhile.
 * @throws StartupError when there is no token, or the orchestrator does not take it
 */
export async function enrol(options: EnrolmentOptions, signal: AbortSignal): Promise<Identity | undefined> {
  const { orchestratorUrl, stateDir, hostname, privateKey, backoff, clock, log } = options;
  const body = { token: await readToken(options.tokenFile), public_key: encodePublicKey(privateKey), hostname };
  while (!signal.aborted) {
    try {
      const enrolled = await register(orchestratorUrl, body);
      log.info({ server_id: enrolled.server_id }, "enrolled");
      return await saveIdentity(stateDir, enrolled, privateKey);
    } catch (error) {
      if (!(error instanceof RegistrationError)) throw error;
      if (isFinal(error)) throw refusal(orchestratorUrl, error);
      const milliseconds = backoff.next();
      log.warn({ reason: error.message, retry_in_ms: Math.round(milliseconds) }, "cannot enrol yet");
      await pause(clock, milliseconds, signal);
    }
  }
  return undefined;
}

async function readToken(path: string | undefined): Promise<string> {
  const fix =
    "Register the server at the orchestrator, write the token that it shows to a file, and name the file in HOMESLICE_ENROLMENT_TOKEN_FILE.";
  if (path === undefined) throw new StartupError("This agent is not enrolled, and has no enrolment token", fix);
  const token = (await readIfPresent(path))?.trim();
  if (!token) throw new StartupError(`There is no enrolment token in ${path}`, fix);
  return token;
}

/** Whether trying again is of no use: the orchestrator understood and said no. */
function isFinal({ status }: RegistrationError): boolean {
  return status >= 400 && status < 500 && status !== 429 && status !== 408;
}

function refusal(url: string, cause: RegistrationError): StartupError {
  const what = `The orchestrator at ${url} did not enrol this agent: ${cause.message}`;
  return new StartupError(
    what,
    "A token serves once and for minutes: register the server again and use the new token.",
    { cause },
  );
}
