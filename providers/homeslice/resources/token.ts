import type { Token } from "@goauthentik/api";
import { z } from "zod";
import { resource } from "../engine/definition.ts";
import { slug } from "./fields.ts";

type TokenWithKey = Token & { readonly key: string };

/** A token by which an account uses the API, or a password for an application. */
export const token = resource<TokenWithKey>()({
  type: "homeslice:authentik:Token",
  noun: "token",
  args: {
    /** Unique. Cannot be changed: another identifier is another token. */
    identifier: slug.max(255),
    /** Id of the account that the token stands for. Cannot be changed. */
    user: z.int(),
    /** @default "api" */
    intent: z.enum(["api", "app_password"]).default("api"),
    /** @default "" */
    description: z.string().default(""),
    /** Whether it ends at some time; an expired API token gets a new key. @default false */
    expiring: z.boolean().default(false),
    /** When an expiring app password ends. For API tokens Authentik decides on it by itself. */
    expires: z.iso.datetime().exactOptional(),
    /** The token itself, when the program is to decide on it; otherwise Authentik makes one. */
    key: z.string().min(20).exactOptional(),
  },
  outputs: {},
  secrets: ["key"],
  replaces: ["identifier", "user"],
  rules: ({ intent, expiring, expires }) => {
    if (expires === undefined) return [];
    if (intent === "api")
      return [{ property: "expires", reason: "is decided on by Authentik for API tokens: leave it out" }];
    return expiring ? [] : [{ property: "expires", reason: "has no effect without `expiring: true`" }];
  },
  key: ({ identifier }) => identifier,
  id: ({ identifier }) => identifier,
  idForm: /^[-a-zA-Z0-9_]+$/,
  operations: ({ core }) => {
    const withKey = async (token: Token): Promise<TokenWithKey> => {
      const { key } = await core.coreTokensViewKeyRetrieve({ identifier: token.identifier });
      return { ...token, key };
    };
    return {
      find: async (identifier) => Promise.all((await core.coreTokensList({ identifier })).results.map(withKey)),
      get: async (identifier) => withKey(await core.coreTokensRetrieve({ identifier })),
      create: async ({ key: _, expires, ...args }) => {
        const tokenRequest = { ...args, ...(expires === undefined ? {} : { expires: new Date(expires) }) };
        return withKey(await core.coreTokensCreate({ tokenRequest }));
      },
      update: async (identifier, { key: _, expires, ...args }) => {
        const patchedTokenRequest = { ...args, ...(expires === undefined ? {} : { expires: new Date(expires) }) };
        return withKey(await core.coreTokensPartialUpdate({ identifier, patchedTokenRequest }));
      },
      delete: (identifier) => core.coreTokensDestroy({ identifier }),
      settle: async ({ identifier }, { key }, changed) => {
        if (key === undefined || !changed.has("key")) return;
        await core.coreTokensSetKeyCreate({ identifier, tokenSetKeyRequest: { key } });
      },
    };
  },
});
