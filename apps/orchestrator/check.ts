import { mintToken, routes } from "@homeslice/protocol";
import { z } from "zod";

const ANSWER_TIMEOUT_MS = 10_000;
const TOKEN_SECONDS = 60;

/** Which orchestrator is asked, and what it is expected to be. */
export interface CheckArgs {
  /** http://host:port */
  readonly url: string;
  /** The secret of the installation that it has to accept tokens of. */
  readonly secret: Uint8Array;
  readonly version: string;
}

/** Asks a running orchestrator what its users will ask of it. @returns what is wrong; nothing when it serves */
export async function checkServing({ url, secret, version }: CheckArgs): Promise<string[]> {
  const token = await mintToken(secret, { subject: "release-check", role: "viewer" }, TOKEN_SECONDS);
  const ask = async (path: string, schema: z.ZodType, headers: Readonly<Record<string, string>> = {}) => {
    try {
      const answer = await fetch(new URL(path, url), { headers, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
      const text = await answer.text();
      if (!answer.ok) return [`${path} answers ${answer.status}: ${text}`];
      const parsed = schema.safeParse(JSON.parse(text));
      return parsed.success ? [] : [`${path} answers something else: ${z.prettifyError(parsed.error)}`];
    } catch (error) {
      return [`${path} does not answer: ${error instanceof Error ? (error.cause ?? error.message) : error}`];
    }
  };
  const { path, response } = routes.listServers;
  const findings = await Promise.all([
    ask("/readyz", z.looseObject({ ready: z.literal(true) })),
    ask("/api/v1/openapi.json", z.looseObject({ info: z.looseObject({ version: z.literal(version) }) })),
    ask(path, response, { authorization: `Bearer ${token}` }),
  ]);
  return findings.flat();
}
