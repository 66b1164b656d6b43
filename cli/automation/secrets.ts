import { type Client, everything } from "@homeslice/protocol/client.ts";
import type { Secret, SecretSource } from "@homeslice/protocol/secrets.ts";
import { invalidOption } from "../local/options.ts";
import { openFor } from "./client.ts";
import { readInput, STANDARD_INPUT } from "./input.ts";
import { named } from "./lookup.ts";
import { type Shown, say, show, table } from "./show.ts";

const CONCERN = "secrets";

/** Where `secrets set` has a value from; one of them, by default standard input. */
interface Source {
  readonly from?: string;
  readonly variable?: string;
  readonly path?: string;
}

/** `secrets list`. @throws UserError `secrets.refused`, as `locateEndpoint` */
export async function listSecrets({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  show(await all(await openFor(CONCERN), search), shown, (found) =>
    table("secret", found, {
      NAME: ({ name }) => name,
      KEPT: keptIn,
      VERSION: ({ version }) => version,
      CHANGED: ({ metadata }) => metadata.updated_at,
      DESCRIPTION: ({ description }) => description,
    }),
  );
}

/** `secrets set`: creates a secret, or replaces it. @throws UserError as `listSecrets`, `option.invalid`, `input.unreadable` */
export async function setSecret(
  name: string,
  { description, json = false, ...source }: Shown & Source & { readonly description?: string },
): Promise<void> {
  const client = await openFor(CONCERN);
  const existing = (await all(client)).find((secret) => secret.name === name);
  const body = { name, description: description ?? existing?.description, source: sourceOf(source) };
  const saved =
    existing === undefined
      ? await client.call("createSecret", { body })
      : await client.call("updateSecret", {
          params: { secret_id: existing.secret_id },
          body,
          version: existing.version,
        });
  say(`the secret "${name}" is ${existing === undefined ? "created" : "replaced"}`);
  if (json) show(saved, { json });
}

/** `secrets delete`. @throws UserError as `listSecrets`, `secrets.unknown` */
export async function deleteSecret(name: string, shown: Shown): Promise<void> {
  const client = await openFor(CONCERN);
  const wanted = { concern: CONCERN, noun: "secret" };
  const deleted = named(wanted, await all(client), name, (secret) => secret.secret_id);
  const { secret_id, version } = deleted;
  await client.call("deleteSecret", { params: { secret_id }, version });
  say(`the secret "${deleted.name}" is deleted`);
  if (shown.json) show(deleted, shown);
}

/** `secrets reseal`. @throws UserError as `listSecrets` */
export async function resealSecrets(shown: Shown): Promise<void> {
  const client = await openFor(CONCERN);
  show(await client.call("resealSecrets"), shown, ({ resealed }) => `${resealed} sealed anew.\n`);
}

async function all(client: Client, search?: string): Promise<Secret[]> {
  return await everything((page) => client.call("listSecrets", { query: { ...page, sort: "name", search } }));
}

function sourceOf({ from, variable, path }: Source): SecretSource {
  const given = [from, variable, path].filter((each) => each !== undefined);
  if (given.length > 1) {
    throw invalidOption("secrets set", "a secret has one source", "Give one of --from, --variable and --path.");
  }
  if (variable !== undefined) return { type: "environment", variable };
  if (path !== undefined) return { type: "file", path };
  // The line end is that of the editor, or of echo.
  return { type: "value", value: readInput(from ?? STANDARD_INPUT).replace(/\r?\n$/, "") };
}

function keptIn({ source }: Secret): string {
  if (source.type === "environment") return `variable ${source.variable}`;
  return source.type === "file" ? `file ${source.path}` : "sealed";
}
