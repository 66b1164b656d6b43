import type { ProxyProvider } from "@goauthentik/api";
import { z } from "zod";
import { type Failure, resource } from "../engine/definition.ts";
import { duration, name, optionalUuid, url, uuid } from "./fields.ts";

/** Login in front of an application that has none of its own. It works once an application and an outpost have it. */
export const proxyProvider = resource<ProxyProvider>()({
  type: "homeslice:authentik:ProxyProvider",
  noun: "proxy provider",
  args: {
    /** Unique. */
    name,
    /** Flow by which a user agrees to the login, see `getFlow`. */
    authorizationFlow: uuid,
    /** Flow that ends a session, see `getFlow`. */
    invalidationFlow: uuid,
    /** Flow by which a user logs in. @default that of the brand */
    authenticationFlow: optionalUuid,
    /** Public address of the application; for a whole domain that of Authentik. */
    externalHost: url,
    /** Forward authentication for one application or a whole domain, or a proxy of its own. @default "forward_single" */
    mode: z.enum(["proxy", "forward_single", "forward_domain"]).default("forward_single"),
    /** Address that a proxy passes requests on to. */
    internalHost: z.union([url, z.literal("")]).default(""),
    /** Whether the certificate of `internalHost` is checked. @default true */
    internalHostSslValidation: z.boolean().default(true),
    /** Domain of the cookie, for a whole domain. */
    cookieDomain: z.string().default(""),
    /** Paths that need no login: one regular expression a line. @default none */
    skipPathRegex: z.string().default(""),
    /** Scope mappings beside those that Authentik always adds. @default none */
    propertyMappings: z.array(uuid).exactOptional(),
    /** Whether requests with a valid Authorization header pass. @default true */
    interceptHeaderAuth: z.boolean().default(true),
    /** Whether the application gets a user and password of its own. @default false */
    basicAuthEnabled: z.boolean().default(false),
    /** Attribute of the user that holds the user name for it. */
    basicAuthUserAttribute: z.string().default(""),
    /** Attribute of the user that holds the password for it. */
    basicAuthPasswordAttribute: z.string().default(""),
    /** @default "hours=24" */
    accessTokenValidity: duration.default("hours=24"),
    /** @default "days=30" */
    refreshTokenValidity: duration.default("days=30"),
  },
  outputs: { providerId: ({ pk }) => pk, clientId: ({ clientId }) => clientId },
  sets: ["propertyMappings"],
  extended: ["propertyMappings"],
  rules: ({ mode, internalHost, cookieDomain }) => {
    const failures: Failure[] = [];
    if ((mode === "proxy") !== (internalHost !== "")) {
      const reason = mode === "proxy" ? "is missing: a proxy needs it" : 'is for `mode: "proxy"` only: leave it out';
      failures.push({ property: "internalHost", reason });
    }
    if (mode === "forward_domain" && cookieDomain === "") {
      failures.push({ property: "cookieDomain", reason: "is missing: a whole domain needs it" });
    }
    return failures;
  },
  key: (args) => args.name,
  id: ({ pk }) => String(pk),
  idForm: /^\d+$/,
  operations: ({ providers }) => ({
    // The only filter by name ignores case.
    find: async (key) =>
      (await providers.providersProxyList({ nameIexact: key })).results.filter(({ name: exact }) => exact === key),
    get: (id) => providers.providersProxyRetrieve({ id: Number(id) }),
    create: (proxyProviderRequest) => providers.providersProxyCreate({ proxyProviderRequest }),
    update: (id, patchedProxyProviderRequest) =>
      providers.providersProxyPartialUpdate({ id: Number(id), patchedProxyProviderRequest }),
    delete: (id) => providers.providersProxyDestroy({ id: Number(id) }),
  }),
});
