import type { Brand } from "@goauthentik/api";
import { z } from "zod";
import { resource } from "../engine/definition.ts";
import { attributes, name, uuid } from "./fields.ts";

const DEFAULT_DOMAIN = "authentik-default";

/**
 * The look of Authentik and the flows that it starts with: the default brand, of which there is always exactly one.
 * It is taken over and never deleted: when the resource goes, the brand stays as it is.
 */
export const brand = resource<Brand>()({
  type: "homeslice:authentik:Brand",
  noun: "default brand",
  args: {
    /** @default "authentik" */
    brandingTitle: name.default("authentik"),
    /** Path or address. @default the logo of Authentik */
    brandingLogo: name.default("/static/dist/assets/icons/icon_left_brand.svg"),
    /** Path or address. @default the icon of Authentik */
    brandingFavicon: name.default("/static/dist/assets/icons/icon.png"),
    /** @default "" */
    brandingCustomCss: z.string().default(""),
    /** Flow of the login; the brand keeps what it has when this is left out. */
    flowAuthentication: uuid.exactOptional(),
    /** Flow of the logout; the brand keeps what it has when this is left out. */
    flowInvalidation: uuid.exactOptional(),
    /** Flow for forgotten passwords; the brand keeps what it has when this is left out. */
    flowRecovery: uuid.exactOptional(),
    /** Flow of the user's own settings; the brand keeps what it has when this is left out. */
    flowUserSettings: uuid.exactOptional(),
    /** Free attributes; keys that are not given here are left alone. @default none */
    attributes,
  },
  outputs: { domain: ({ domain }) => domain },
  merged: ["attributes"],
  alwaysAdopts: true,
  key: () => DEFAULT_DOMAIN,
  id: ({ brandUuid }) => brandUuid,
  operations: ({ core }) => ({
    find: async () => (await core.coreBrandsList({ _default: true })).results,
    get: (brandUuid) => core.coreBrandsRetrieve({ brandUuid }),
    create: (args) => core.coreBrandsCreate({ brandRequest: { ...args, domain: DEFAULT_DOMAIN, _default: true } }),
    update: (brandUuid, patchedBrandRequest) => core.coreBrandsPartialUpdate({ brandUuid, patchedBrandRequest }),
    delete: async () => undefined,
  }),
});
