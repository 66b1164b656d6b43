import { UserError } from "@homeslice/config/errors.ts";
import { type Client, ClientError, createClient } from "@homeslice/protocol/client.ts";
import { ownToken } from "../local/api.ts";
import { checkLayout, locateHome } from "../local/home.ts";
import { notRunning, readStatus } from "../local/state.ts";

/** Where an orchestrator is, and who asks it. */
export interface Endpoint {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  readonly token: string;
}

/**
 * The orchestrator that the environment names (HOMESLICE_URL, HOMESLICE_TOKEN), or the one of this machine.
 * @throws UserError `definitions.token`, `local.stopped`
 */
export async function locateEndpoint(): Promise<Endpoint> {
  const { HOMESLICE_URL: url, HOMESLICE_TOKEN: token } = process.env;
  if (url !== undefined) {
    if (token !== undefined) return { url: url.replace(/\/$/, ""), token };
    const what = "HOMESLICE_URL is set, and HOMESLICE_TOKEN is not";
    throw new UserError({ code: "definitions.token", what, fix: "Set HOMESLICE_TOKEN to a token of an admin there." });
  }
  const home = locateHome();
  checkLayout(home);
  const status = readStatus(home);
  if (status.url === null) throw notRunning(home);
  return { url: status.url, token: await ownToken(home, "admin") };
}

/** A client of that orchestrator. @throws UserError as `locateEndpoint` */
export async function openClient(): Promise<Client> {
  return createClient(await locateEndpoint());
}

/** The same, which tells people what is refused. @throws UserError as `locateEndpoint` */
export async function openFor(concern: string): Promise<Client> {
  return explaining(await openClient(), concern);
}

/** A client whose refusals are told to people: UserError `CONCERN.refused`, or `CONCERN.unreachable` for what passes by itself. */
export function explaining(client: Client, concern: string): Client {
  return { call: async (name, request) => await client.call(name, request).catch((error) => explain(error, concern)) };
}

/** Tells people what the orchestrator refused. @throws UserError `CONCERN.refused`, `CONCERN.unreachable` */
export function explain(error: unknown, concern: string): never {
  if (!(error instanceof ClientError)) throw error;
  const { message, problem } = error;
  const faults = (problem.errors ?? []).map(({ path, message: fault }) => `; ${path.replace(/^body\./, "")}: ${fault}`);
  const passing = problem.status === 0 || problem.status >= 500;
  const code = `${concern}.${passing ? "unreachable" : "refused"}`;
  const fix = problem.fix ?? `See ./homeslice ${concern} --help, and ./homeslice status.`;
  throw new UserError({ code, what: message + faults.join(""), fix }, { cause: error });
}
