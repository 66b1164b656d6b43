import { userInfo } from "node:os";
import { DEFAULT_TENANT, type Role } from "@homeslice/protocol/access.ts";
import { type Client, createClient } from "@homeslice/protocol/client.ts";
import { mintToken } from "@homeslice/protocol/tokens.ts";
import type { LocalHome } from "./home.ts";
import { readKey } from "./secrets.ts";
import { notRunning, readStatus } from "./state.ts";

/** Long enough for one call or one handshake. */
const SHORT_TTL_SECONDS = 60;

/** A bearer token for the user of this shell, who owns the installation since the key can be read. */
export async function ownToken(
  home: LocalHome,
  role: Role,
  ttlSeconds = SHORT_TTL_SECONDS,
  tenant: string = DEFAULT_TENANT,
): Promise<string> {
  return await mintToken(readKey(home), { subject: userInfo().username, role, tenant }, ttlSeconds);
}

/** A client that asks as the user of this shell. For now, not for long: its token is a short one. */
export async function ownClient(home: LocalHome, url: string, role: Role): Promise<Client> {
  return createClient({ url, token: await ownToken(home, role) });
}

/** The same for the orchestrator of this machine as it runs. @throws UserError `local.stopped` */
export async function runningClient(home: LocalHome, role: Role): Promise<Client> {
  const { url } = readStatus(home);
  if (url !== null) return await ownClient(home, url, role);
  throw notRunning(home);
}
