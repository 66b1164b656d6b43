import { UserError } from "@homeslice/config/errors.ts";
import { type Client, createClient } from "@homeslice/protocol/client.ts";
import { runningClient } from "../local/api.ts";
import { checkLayout, locateHome } from "../local/home.ts";

/**
 * A client of the orchestrator that the environment names (HOMESLICE_URL, HOMESLICE_TOKEN), or of the one of this machine.
 * @throws UserError `definitions.token`, `local.stopped`
 */
export async function openClient(): Promise<Client> {
  const { HOMESLICE_URL: url, HOMESLICE_TOKEN: token } = process.env;
  if (url !== undefined) {
    if (token !== undefined) return createClient({ url: url.replace(/\/$/, ""), token });
    const what = "HOMESLICE_URL is set, and HOMESLICE_TOKEN is not";
    throw new UserError({ code: "definitions.token", what, fix: "Set HOMESLICE_TOKEN to a token of an admin there." });
  }
  const home = locateHome();
  checkLayout(home);
  return await runningClient(home, "admin");
}
