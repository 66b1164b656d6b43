import { UserError } from "@homeslice/config/errors.ts";
import { name, slug } from "../resources/fields.ts";
import { type AnyLookup, answering, lookup } from "./lookup.ts";
import { waitReady } from "./waitReady.ts";

const MANAGED_SCOPES = "goauthentik.io/providers/oauth2/scope-";

/** A flow by its slug, such as `default-provider-authorization-implicit-consent`. */
export const getFlow = lookup({
  token: "homeslice:authentik:getFlow",
  args: { slug },
  run: async ({ flows }, args) => {
    const { pk, name: title, designation } = one(`flow "${args.slug}"`, (await flows.flowsInstancesList(args)).results);
    return { id: pk, name: title, designation };
  },
});

/** A stage of any kind by its name, such as `default-password-change-prompt`. */
export const getStage = lookup({
  token: "homeslice:authentik:getStage",
  args: { name },
  run: async ({ stages }, args) => {
    const { pk, component } = one(`stage "${args.name}"`, (await stages.stagesAllList(args)).results);
    return { id: pk, component };
  },
});

/** A scope mapping that comes with Authentik, by the end of its managed name (`openid`, `email`, `profile`, …), or any by its name. */
export const getScopeMapping = lookup({
  token: "homeslice:authentik:getScopeMapping",
  args: { scope: name.exactOptional(), name: name.exactOptional() },
  run: async ({ mappings }, { scope, name: own }) => {
    if ((scope === undefined) === (own === undefined)) throw exactlyOne("getScopeMapping", "scope", "name");
    const filter =
      scope === undefined ? { ...(own === undefined ? {} : { name: own }) } : { managed: [managedName(scope)] };
    const { results } = await mappings.propertymappingsProviderScopeList(filter);
    const { pk, scopeName } = one(`scope mapping "${scope ?? own}"`, results);
    return { id: pk, scopeName };
  },
});

/** A certificate by its name, such as `authentik Self-signed Certificate`; with a private key. */
export const getCertificate = lookup({
  token: "homeslice:authentik:getCertificate",
  args: { name },
  run: async ({ crypto }, args) => {
    const { results } = await crypto.cryptoCertificatekeypairsList({ ...args, hasKey: true });
    const { pk, fingerprintSha256, certExpiry } = one(`certificate "${args.name}"`, results);
    return { id: pk, fingerprintSha256: fingerprintSha256 ?? null, expiry: certExpiry?.toISOString() ?? null };
  },
});

/** A group by its name, such as `authentik Admins`. */
export const getGroup = lookup({
  token: "homeslice:authentik:getGroup",
  args: { name },
  run: async ({ core }, args) => {
    const { results } = await core.coreGroupsList({ ...args, includeUsers: false });
    const { pk, isSuperuser = false } = one(`group "${args.name}"`, results);
    return { id: pk, isSuperuser };
  },
});

/** Every look-up that the provider has. */
export const lookups: readonly AnyLookup[] = [
  answering(getCertificate),
  answering(getFlow),
  answering(getGroup),
  answering(getScopeMapping),
  answering(getStage),
  answering(waitReady),
];

function managedName(scope: string): string {
  if (scope.includes("/")) return scope;
  return scope === "proxy" ? "goauthentik.io/providers/proxy/scope-proxy" : `${MANAGED_SCOPES}${scope}`;
}

function one<T>(what: string, results: readonly T[]): T {
  const [found] = results;
  if (found !== undefined && results.length === 1) return found;
  throw new UserError({
    code: results.length === 0 ? "authentik.no-such-object" : "authentik.ambiguous",
    where: what,
    what: results.length === 0 ? "does not exist in Authentik" : `there are ${results.length} of that name`,
    fix: "Check the spelling; what comes with Authentik exists only after its first start has finished: see `waitReady`.",
  });
}

function exactlyOne(where: string, ...names: readonly string[]): UserError {
  const what = `needs exactly one of ${names.join(" and ")}`;
  return new UserError({ code: "authentik.invalid", where, what, fix: "Give one of them." });
}
