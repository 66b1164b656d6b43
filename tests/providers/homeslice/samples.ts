import type { Values } from "@homeslice/plugin";
import type { AuthentikDouble } from "../../doubles/authentik/double.ts";

/** One resource of each kind: how it begins, and how it changes. */
export interface Sample {
  readonly kind: string;
  readonly inputs: Values;
  /** Changed arguments, without a replacement. */
  readonly update?: Values;
  /** Changed arguments, with one. */
  readonly replace?: Values;
  /** What an import may name it by beside its id; undefined when there is only the id. */
  readonly naturalKey?: string;
  /** Collection of the double that it is in. */
  readonly path: string;
  /** Arguments that cannot be read back. */
  readonly writeOnly?: readonly string[];
}

/** Ids of what comes with Authentik, and of some objects to refer to. */
export interface References {
  readonly flow: string;
  readonly invalidation: string;
  readonly openid: string;
  readonly profile: string;
  readonly stage: string;
  readonly deny: string;
  readonly policy: string;
  readonly certificate: string;
  readonly group: string;
  readonly otherGroup: string;
  readonly role: string;
  readonly user: number;
  readonly otherUser: number;
  readonly oauthProvider: number;
  readonly proxyProvider: number;
  readonly otherProxyProvider: number;
}

/** Makes in the double what the samples refer to. */
export function references({ store }: AuthentikDouble): References {
  const id = (path: string, property: string, value: string) => String(store.find(path, property, value)?.["pk"]);
  const flow = id("/flows/instances/", "slug", "default-provider-authorization-implicit-consent");
  const invalidation = id("/flows/instances/", "slug", "default-provider-invalidation-flow");
  const flows = { authorization_flow: flow, invalidation_flow: invalidation };
  const proxy = (name: string) => {
    const asked = { ...flows, name, mode: "forward_single", external_host: "https://other.example.org" };
    return Number(store.create("/providers/proxy/", asked)["pk"]);
  };
  const account = (username: string) => Number(store.create("/core/users/", { username, name: "" })["pk"]);
  const scope = (name: string) =>
    id("/propertymappings/provider/scope/", "managed", `goauthentik.io/providers/oauth2/scope-${name}`);
  return {
    flow,
    invalidation,
    openid: scope("openid"),
    profile: scope("profile"),
    stage: id("/stages/prompt/stages/", "name", "default-password-change-prompt"),
    deny: String(store.create("/stages/deny/", { name: "another end" })["pk"]),
    policy: String(store.create("/policies/reputation/", { name: "other guesses" })["pk"]),
    certificate: id("/crypto/certificatekeypairs/", "name", "authentik Self-signed Certificate"),
    group: String(store.create("/core/groups/", { name: "staff" })["pk"]),
    otherGroup: String(store.create("/core/groups/", { name: "guests" })["pk"]),
    role: String(store.create("/rbac/roles/", { name: "reader" })["pk"]),
    user: account("ada"),
    otherUser: account("bob"),
    oauthProvider: Number(
      store.create("/providers/oauth2/", { ...flows, name: "other client", redirect_uris: [] })["pk"],
    ),
    proxyProvider: proxy("other proxy"),
    otherProxyProvider: proxy("yet another proxy"),
  };
}

/** A sample of every kind. */
export function samples(refs: References): Sample[] {
  return [
    {
      kind: "Group",
      path: "/core/groups/",
      naturalKey: "editors",
      inputs: { name: "editors", parents: [refs.group], roles: [refs.role], attributes: { level: 2 } },
      update: { isSuperuser: true, parents: [], attributes: { level: 3 } },
    },
    {
      kind: "User",
      path: "/core/users/",
      naturalKey: "grace",
      inputs: {
        username: "grace",
        name: "Grace",
        email: "grace@example.org",
        groups: [refs.group, refs.otherGroup],
        password: "first-secret-password",
      },
      update: { name: "Grace H.", groups: [refs.otherGroup], password: "second-secret-password" },
      writeOnly: ["password"],
    },
    {
      kind: "ServiceAccount",
      path: "/core/users/",
      naturalKey: "homepage",
      inputs: { username: "homepage", roles: [refs.role] },
      update: { name: "Home page", isActive: false },
    },
    {
      kind: "Token",
      path: "/core/tokens/",
      naturalKey: "homepage-api",
      inputs: { identifier: "homepage-api", user: refs.user, key: "a-token-key-that-nobody-knows" },
      update: { description: "for the tiles", key: "another-token-key-nobody-knows" },
      replace: { user: refs.otherUser },
    },
    {
      kind: "OAuth2Provider",
      path: "/providers/oauth2/",
      naturalKey: "grafana",
      inputs: {
        name: "grafana",
        authorizationFlow: refs.flow,
        invalidationFlow: refs.invalidation,
        propertyMappings: [refs.openid, refs.profile],
        signingKey: refs.certificate,
        clientId: "grafana",
        clientSecret: "client-secret-in-clear",
        redirectUris: [
          { url: "https://grafana.example.org/login/generic_oauth" },
          { url: "https://grafana\\.example\\.net/.*", matchingMode: "regex" },
        ],
      },
      update: { propertyMappings: [refs.openid], signingKey: null, accessTokenValidity: "minutes=10" },
    },
    {
      kind: "ProxyProvider",
      path: "/providers/proxy/",
      naturalKey: "home",
      inputs: {
        name: "home",
        authorizationFlow: refs.flow,
        invalidationFlow: refs.invalidation,
        externalHost: "https://home.example.org",
      },
      update: { skipPathRegex: "^/api/healthcheck$", propertyMappings: [refs.profile] },
    },
    {
      kind: "Application",
      path: "/core/applications/",
      inputs: {
        name: "Grafana",
        slug: "grafana",
        provider: refs.oauthProvider,
        groups: [refs.group],
        metaLaunchUrl: "https://grafana.example.org",
      },
      update: { name: "Dashboards", groups: [refs.otherGroup], provider: null },
      replace: { slug: "dashboards" },
    },
    {
      kind: "ScopeMapping",
      path: "/propertymappings/provider/scope/",
      naturalKey: "groups of the user",
      inputs: { name: "groups of the user", scopeName: "groups", expression: "return {}" },
      update: { expression: "return {'groups': []}", description: "your groups" },
    },
    {
      kind: "Certificate",
      path: "/crypto/certificatekeypairs/",
      naturalKey: "signing",
      inputs: { commonName: "signing", subjectAltNames: ["auth.example.org"], alg: "ecdsa" },
      replace: { validityDays: 30 },
      writeOnly: ["subjectAltNames", "validityDays"],
    },
    {
      kind: "OutpostAttachment",
      path: "/outposts/instances/",
      inputs: { provider: refs.proxyProvider, authentikHost: "https://auth.example.org/" },
      update: { authentikHost: "https://login.example.org/" },
      replace: { provider: refs.otherProxyProvider },
    },
    {
      kind: "PasswordPolicy",
      path: "/policies/password/",
      naturalKey: "strong passwords",
      inputs: { name: "strong passwords", promptStages: [refs.stage], lengthMin: 14 },
      update: { amountDigits: 2 },
    },
    {
      kind: "ReputationPolicy",
      path: "/policies/reputation/",
      naturalKey: "guesses",
      inputs: { name: "guesses", checkUsername: false },
      update: { threshold: -3 },
    },
    {
      kind: "DenyStage",
      path: "/stages/deny/",
      naturalKey: "no further",
      inputs: { name: "no further" },
      update: { denyMessage: "Not today." },
    },
    {
      kind: "FlowStageBinding",
      path: "/flows/bindings/",
      naturalKey: `${refs.flow}/${refs.deny}`,
      inputs: { target: refs.flow, stage: refs.deny, order: 15, policies: [refs.policy] },
      update: { order: 25, policies: [] },
      replace: { target: refs.invalidation },
    },
    {
      kind: "Brand",
      path: "/core/brands/",
      naturalKey: "authentik-default",
      inputs: { brandingTitle: "Home", attributes: { settings: { theme: { base: "dark" } } } },
      update: { brandingTitle: "Homeslice" },
    },
    {
      kind: "Role",
      path: "/rbac/roles/",
      naturalKey: "widget",
      inputs: { name: "widget", permissions: ["authentik_core.view_user", "authentik_events.view_event"] },
      update: { permissions: ["authentik_core.view_user", "authentik_core.view_group"] },
    },
  ];
}
