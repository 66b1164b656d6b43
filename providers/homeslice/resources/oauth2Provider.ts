import type { OAuth2Provider } from "@goauthentik/api";
import { z } from "zod";
import { type Failure, resource } from "../engine/definition.ts";
import { duration, name, optionalUuid, uuid } from "./fields.ts";

const grantTypes = z.enum([
  "authorization_code",
  "implicit",
  "hybrid",
  "refresh_token",
  "client_credentials",
  "password",
  "urn:ietf:params:oauth:grant-type:device_code",
  "urn:ietf:params:oauth:grant-type:token-exchange",
]);

const redirecting = ["authorization_code", "implicit", "hybrid"] as const;

const redirectUri = z.strictObject({
  /** The whole address, or a regular expression (escape its dots). */
  matchingMode: z.enum(["strict", "regex"]).default("strict"),
  url: name,
  /** Where a login ends, or a logout. @default "authorization" */
  redirectUriType: z.enum(["authorization", "logout"]).default("authorization"),
});

/** The OAuth2/OIDC side of an application: its client. */
export const oauth2Provider = resource<OAuth2Provider>()({
  type: "homeslice:authentik:OAuth2Provider",
  noun: "OAuth2 provider",
  args: {
    /** Unique. */
    name,
    /** Flow by which a user agrees to the login, see `getFlow`. */
    authorizationFlow: uuid,
    /** Flow that ends a session, see `getFlow`. */
    invalidationFlow: uuid,
    /** Flow by which a user logs in. @default that of the brand */
    authenticationFlow: optionalUuid,
    /** Scope mappings, see `getScopeMapping`; a client gets no claims at all without. */
    propertyMappings: z.array(uuid).min(1),
    /** What the client may do; Authentik would allow nothing. @default ["authorization_code", "refresh_token"] */
    grantTypes: z.array(grantTypes).min(1).default(["authorization_code", "refresh_token"]),
    /** Where the browser may be sent after login and logout. @default none */
    redirectUris: z.array(redirectUri).default([]),
    /** @default "confidential" */
    clientType: z.enum(["confidential", "public"]).default("confidential"),
    /** Unique; made by Authentik when it is left out. */
    clientId: name
      .max(255)
      .regex(/^[\x20-\x7e]+$/, { error: "may hold printable ASCII characters only" })
      .exactOptional(),
    /** Made by Authentik when it is left out. */
    clientSecret: z.string().min(1).max(255).exactOptional(),
    /** Key pair that signs tokens, see `Certificate`; without it the client secret does. @default none */
    signingKey: optionalUuid,
    /** Key pair that encrypts tokens. @default none */
    encryptionKey: optionalUuid,
    /** @default "minutes=1" */
    accessCodeValidity: duration.default("minutes=1"),
    /** @default "hours=1" */
    accessTokenValidity: duration.default("hours=1"),
    /** @default "days=30" */
    refreshTokenValidity: duration.default("days=30"),
    /** A refresh token that lives shorter than this is renewed when used. @default "seconds=0", always */
    refreshTokenThreshold: duration.default("seconds=0"),
    /** Claims also in the id token, for clients that do not ask the userinfo endpoint. @default true */
    includeClaimsInIdToken: z.boolean().default(true),
    /** What tells users apart. @default "hashed_user_id" */
    subMode: z
      .enum(["hashed_user_id", "user_id", "user_uuid", "user_username", "user_email", "user_upn"])
      .default("hashed_user_id"),
    /** @default "per_provider" */
    issuerMode: z.enum(["global", "per_provider"]).default("per_provider"),
    /** Address of the client that is told about logouts. */
    logoutUri: z.union([z.url(), z.literal("")]).default(""),
    /** Who tells it: the server, or the browser. @default "backchannel" */
    logoutMethod: z.enum(["backchannel", "frontchannel"]).default("backchannel"),
  },
  outputs: { providerId: ({ pk }) => pk },
  secrets: ["clientSecret"],
  sets: ["propertyMappings", "grantTypes", "redirectUris"],
  rules: ({ grantTypes: grants, redirectUris, clientType, clientSecret }) => {
    const failures: Failure[] = [];
    if (redirectUris.length === 0 && redirecting.some((grant) => grants.includes(grant))) {
      const reason = "must not be empty: Authentik would accept the first address that anybody uses, for good";
      failures.push({ property: "redirectUris", reason });
    }
    if (clientType === "public" && clientSecret !== undefined) {
      failures.push({ property: "clientSecret", reason: "is not for public clients: leave it out" });
    }
    return failures;
  },
  key: (args) => args.name,
  id: ({ pk }) => String(pk),
  idForm: /^\d+$/,
  operations: ({ providers }) => ({
    find: async (key) => (await providers.providersOauth2List({ name: key })).results,
    get: (id) => providers.providersOauth2Retrieve({ id: Number(id) }),
    create: (oAuth2ProviderRequest) => providers.providersOauth2Create({ oAuth2ProviderRequest }),
    update: (id, patchedOAuth2ProviderRequest) =>
      providers.providersOauth2PartialUpdate({ id: Number(id), patchedOAuth2ProviderRequest }),
    delete: (id) => providers.providersOauth2Destroy({ id: Number(id) }),
  }),
});
