import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { checkout, type Home } from "./home.ts";
import { passphraseEnv } from "./passphrase.ts";
import { OWN_PROVIDER, type ProviderPath } from "./providers.ts";
import type { StackFile } from "./stackFile.ts";

/** Name of the Pulumi project; the state and the configuration keys carry it. */
export const PROJECT = "homeslice";

const encryptionSchema = z.object({
  encryptionsalt: z.string().optional(),
  encryptedkey: z.string().optional(),
  secretsprovider: z.string().optional(),
});
type Encryption = z.infer<typeof encryptionSchema>;

/**
 * Prepares the private work directory of a stack, from which the engine runs.
 *
 * The engine writes into the settings file that it is given: the salt of the stack's encryption, at least. So it gets
 * a copy, made anew by each run, and the file of the user, who may keep it in version control, is never touched. How
 * secrets are encrypted stands in the user's file when they have set any (`pulumi config set --secret`, with the same
 * passphrase), and then it holds for the run; otherwise it is what the engine wrote into the copy of an earlier run.
 */
export function prepareWorkspace(home: Home, file: StackFile, plugins: readonly ProviderPath[]): void {
  const settings = join(home.stack, `Pulumi.${file.stack}.yaml`);
  const project = {
    name: PROJECT,
    runtime: "nodejs",
    main: checkout,
    plugins: { providers: [OWN_PROVIDER, ...plugins] },
  };
  writeFileSync(join(home.stack, "Pulumi.yaml"), stringify(project));
  const content = { ...file.content, ...encryptionOf(file, settings) };
  writeFileSync(settings, stringify(content), { mode: 0o600 });
}

function encryptionOf(file: StackFile, copy: string): Encryption {
  const own = encryptionSchema.parse(file.content);
  return Object.values(own).some((value) => value !== undefined) ? own : earlierEncryption(copy);
}

function earlierEncryption(copy: string): Encryption {
  try {
    return encryptionSchema.parse(parse(readFileSync(copy, "utf8")));
  } catch {
    return {}; // the first run
  }
}

/** The environment of the engine: where the state is, and what opens it. */
export function stateEnv(home: Home, backend: string, env: NodeJS.ProcessEnv): Record<string, string> {
  return { PULUMI_BACKEND_URL: backend, PULUMI_SKIP_UPDATE_CHECK: "true", ...passphraseEnv(home, env) };
}

/**
 * `--backend`, else PULUMI_BACKEND_URL, else the folder `state` of the data directory. There the engine writes no files
 * of attributes beside its own: unlike those, they are not written in one step, and a reader or a kill in the middle of
 * that leaves the state unreadable.
 */
export function backendUrl(home: Home, backend: string | undefined, env: NodeJS.ProcessEnv): string {
  return backend ?? (env["PULUMI_BACKEND_URL"] || `${pathToFileURL(home.state).href}?metadata=skip`);
}
