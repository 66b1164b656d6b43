import { writeFileSync } from "node:fs";
import { UserError } from "@homeslice/config/errors.ts";
import { type Client, createClient } from "@homeslice/protocol/client.ts";
import { runningClient } from "../local/api.ts";
import { checkLayout, locateHome } from "../local/home.ts";
import { apply, describe, exportDefinitions } from "./apply.ts";

interface ApplyFlags {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly json?: boolean;
}

/** `apply`. @throws UserError */
export async function applyCommand({ file, dryRun = false, prune = false, json = false }: ApplyFlags): Promise<void> {
  const applied = await apply(await openClient(), { directory: file, dryRun, prune });
  process.stdout.write(json ? `${JSON.stringify(applied, null, 2)}\n` : describe(applied));
}

/** `export`. @throws UserError */
export async function exportCommand({ out }: { readonly out?: string }): Promise<void> {
  const text = await exportDefinitions(await openClient());
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
}

/** The orchestrator that the environment names, or the one of this machine. */
async function openClient(): Promise<Client> {
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
