import type { Outpost } from "@goauthentik/api";
import { UserError } from "@homeslice/config/errors.ts";
import { z } from "zod";
import type { Authentik } from "../authentik/authentik.ts";
import { resource } from "../engine/definition.ts";
import { url, uuid } from "./fields.ts";

/** One entry in the list of an outpost. */
interface Attachment {
  readonly outpost: string;
  readonly provider: number;
  readonly authentikHost: string | undefined;
}

const EMBEDDED = "goauthentik.io/outposts/embedded";

/** How often a write that somebody else has overwritten is repeated. */
const ATTEMPTS = 5;

/**
 * Puts a proxy provider on an outpost, without which it does nothing. Attachments to one outpost are made one after
 * the other, since each reads, changes and writes back the list of all; entries of others stay.
 */
export const outpostAttachment = resource<Attachment>()({
  type: "homeslice:authentik:OutpostAttachment",
  noun: "outpost attachment",
  args: {
    /** Id of the proxy provider. Cannot be changed. */
    provider: z.int(),
    /** Id of the outpost. Cannot be changed. @default the one inside the Authentik server */
    outpost: uuid.exactOptional(),
    /** Public address of Authentik, to which the outpost sends users for the login; it serves all of its providers. */
    authentikHost: url.exactOptional(),
  },
  outputs: {},
  replaces: ["provider", "outpost"],
  key: ({ provider, outpost }) => `${outpost ?? ""}/${provider}`,
  id: ({ outpost, provider }) => `${outpost}/${provider}`,
  idForm: /^[0-9a-f-]{36}\/\d+$/,
  operations: (authentik) => ({
    find: async (key) => [await attachment(authentik, key)].filter((found) => found !== undefined),
    get: (id) => attachment(authentik, id),
    create: async ({ provider, outpost, authentikHost }) => {
      const uuid = outpost ?? (await embedded(authentik)).pk;
      return write(authentik, { outpost: uuid, provider, authentikHost });
    },
    update: (id, { authentikHost }) => write(authentik, { ...parts(id), authentikHost }),
    delete: (id) => detach(authentik, parts(id)),
  }),
});

function parts(id: string): Pick<Attachment, "outpost" | "provider"> {
  const [outpost = "", provider] = id.split("/");
  return { outpost, provider: Number(provider) };
}

async function attachment(authentik: Authentik, key: string): Promise<Attachment | undefined> {
  const { outpost: uuid, provider } = parts(key);
  const outpost = uuid ? await authentik.outposts.outpostsInstancesRetrieve({ uuid }) : await embedded(authentik);
  return outpost.providers.includes(provider) ? attachmentOf(outpost, provider) : undefined;
}

function attachmentOf({ pk, config }: Outpost, provider: number): Attachment {
  const host: unknown = config["authentik_host"];
  return { outpost: pk, provider, authentikHost: typeof host === "string" && host !== "" ? host : undefined };
}

async function embedded({ outposts }: Authentik): Promise<Outpost> {
  const { results } = await outposts.outpostsInstancesList({ managedIexact: EMBEDDED });
  const [outpost] = results;
  if (outpost) return outpost;
  throw new UserError({
    code: "authentik.no-embedded-outpost",
    where: "outpost attachment",
    what: "Authentik has no embedded outpost",
    fix: "Wait until its first start has finished (`waitReady`), enable it, or name another outpost.",
  });
}

/** Adds the provider and merges the address into the settings, which are written as a whole. */
function write(authentik: Authentik, wanted: Attachment): Promise<Attachment> {
  const { outposts, mutex } = authentik;
  const { outpost: uuid, provider, authentikHost } = wanted;
  return mutex.run(uuid, async () => {
    for (let attempt = 1; ; attempt++) {
      const { providers, config } = await outposts.outpostsInstancesRetrieve({ uuid });
      const patchedOutpostRequest = {
        providers: providers.includes(provider) ? providers : [...providers, provider],
        ...(authentikHost === undefined ? {} : { config: { ...config, authentik_host: authentikHost } }),
      };
      await outposts.outpostsInstancesPartialUpdate({ uuid, patchedOutpostRequest });
      const live = await outposts.outpostsInstancesRetrieve({ uuid });
      if (live.providers.includes(provider)) return attachmentOf(live, provider);
      if (attempt === ATTEMPTS) throw new Error(`somebody else keeps changing the providers of outpost ${uuid}`);
    }
  });
}

function detach({ outposts, mutex }: Authentik, { outpost: uuid, provider }: Pick<Attachment, "outpost" | "provider">) {
  return mutex.run(uuid, async () => {
    const { providers } = await outposts.outpostsInstancesRetrieve({ uuid });
    if (!providers.includes(provider)) return;
    const patchedOutpostRequest = { providers: providers.filter((other) => other !== provider) };
    await outposts.outpostsInstancesPartialUpdate({ uuid, patchedOutpostRequest });
  });
}
