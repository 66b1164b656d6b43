import type { Values } from "@homeslice/plugin";
import { unknownValue } from "@homeslice/plugin";
import { HomesliceProvider } from "@homeslice/provider/provider.ts";
import { describe, expect, test } from "vitest";

const provider = new HomesliceProvider();
const uuid = "7f2c1d9e-0000-4000-8000-000000000001";
const flows = { authorizationFlow: uuid, invalidationFlow: uuid };
const client = {
  ...flows,
  name: "grafana",
  propertyMappings: [uuid],
  redirectUris: [{ url: "https://g.example.org/" }],
};
const proxy = { ...flows, name: "home", externalHost: "https://home.example.org" };

async function failures(kind: string, inputs: Values): Promise<string[]> {
  const call = { urn: "urn", type: `homeslice:authentik:${kind}`, name: "sample", log: () => undefined };
  const result = await provider.check({ ...call, oldInputs: {}, inputs, seed: new Uint8Array() });
  return (result.failures ?? []).map(({ property, reason }) => `${property}: ${reason}`);
}

const cases: readonly [kind: string, inputs: Values, failures: string[]][] = [
  ["Group", {}, ["name: is missing"]],
  ["Group", { name: "" }, ["name: must not be empty"]],
  ["Group", { name: 5, isSuperuser: "yes" }, ["name: must be a text", "isSuperuser: must be true or false"]],
  ["Group", { name: "a", isSuperUser: true }, ['isSuperUser: unknown argument: did you mean "isSuperuser"?']],
  ["Group", { name: "a", parents: ["x", uuid, "y"] }, ["parents[0]: is not a UUID", "parents[2]: is not a UUID"]],
  ["Group", { name: "a", users: ["ada"] }, ["users[0]: must be a number"]],
  ["Group", { name: "a", adopt: "yes" }, ["adopt: must be true or false"]],
  ["User", { username: "a b" }, ["username: may hold letters, digits and @ . + - _ only"]],
  ["User", { username: "x".repeat(151) }, ["username: must have at most 150 characters"]],
  ["User", { username: "a", email: "nobody" }, ["email: is not an e-mail address"]],
  ["User", { username: "a", path: "/users" }, ["path: must not begin or end with a slash, or hold two in a row"]],
  ["User", { username: "a", type: "service_account" }, ["type: is not known: use one of internal, external"]],
  ["User", { username: "a", password: "" }, [": password must not be empty"]],
  [
    "ServiceAccount",
    { username: "a", password: "secret" },
    ["password: unknown argument: known are adopt, attributes, groups, isActive, name, path, roles, username"],
  ],
  [
    "Token",
    { identifier: "a b", user: 1.5 },
    ["identifier: may hold letters, digits, hyphens and underscores only", "user: must be a whole number"],
  ],
  ["Token", { identifier: "a", user: 1, key: "short" }, [": key must have at least 20 characters"]],
  ["Token", { identifier: "a", user: 1, intent: "apy" }, ['intent: is not known: did you mean "api"?']],
  [
    "Token",
    { identifier: "a", user: 1, expiring: true, expires: "2030-01-01T00:00:00Z" },
    ["expires: is decided on by Authentik for API tokens: leave it out"],
  ],
  [
    "Token",
    { identifier: "a", user: 1, intent: "app_password", expires: "2030-01-01T00:00:00Z" },
    ["expires: has no effect without `expiring: true`"],
  ],
  [
    "Token",
    { identifier: "a", user: 1, intent: "app_password", expiring: true, expires: "soon" },
    ['expires: is not a point in time: write it like "2030-01-31T12:00:00Z"'],
  ],
  ["OAuth2Provider", { ...client, propertyMappings: [] }, ["propertyMappings: must not be empty"]],
  ["OAuth2Provider", { ...client, grantTypes: [] }, ["grantTypes: must not be empty"]],
  [
    "OAuth2Provider",
    { ...client, grantTypes: ["authorisation_code"] },
    ['grantTypes[0]: is not known: did you mean "authorization_code"?'],
  ],
  [
    "OAuth2Provider",
    { ...client, redirectUris: [] },
    ["redirectUris: must not be empty: Authentik would accept the first address that anybody uses, for good"],
  ],
  [
    "OAuth2Provider",
    { ...client, redirectUris: [{ uri: "x" }] },
    ["redirectUris[0].url: is missing", "redirectUris[0]: unknown: uri"],
  ],
  [
    "OAuth2Provider",
    { ...client, clientType: "public", clientSecret: "s" },
    [": clientSecret is not for public clients: leave it out"],
  ],
  ["OAuth2Provider", { ...client, clientId: "grüezi" }, ["clientId: may hold printable ASCII characters only"]],
  [
    "OAuth2Provider",
    { ...client, accessTokenValidity: "1h" },
    ['accessTokenValidity: is not a period of time: write it like "hours=1;minutes=30"'],
  ],
  [
    "ProxyProvider",
    { ...proxy, externalHost: "home.example.org" },
    ['externalHost: is not an address: write it like "https://app.example.org"'],
  ],
  ["ProxyProvider", { ...proxy, mode: "proxy" }, ["internalHost: is missing: a proxy needs it"]],
  [
    "ProxyProvider",
    { ...proxy, internalHost: "http://home" },
    ['internalHost: is for `mode: "proxy"` only: leave it out'],
  ],
  ["ProxyProvider", { ...proxy, mode: "forward_domain" }, ["cookieDomain: is missing: a whole domain needs it"]],
  ["Application", { name: "A", slug: "a/b" }, ["slug: may hold letters, digits, hyphens and underscores only"]],
  ["Application", { name: "A", slug: "a", groups: ["staff"] }, ["groups[0]: is not a UUID"]],
  ["ScopeMapping", {}, ["name: is missing", "scopeName: is missing", "expression: is missing"]],
  ["Certificate", { commonName: "a", validityDays: 0 }, ["validityDays: must be at least 1"]],
  ["Certificate", { commonName: "a", alg: "dsa" }, ['alg: is not known: did you mean "rsa"?']],
  ["OutpostAttachment", { outpost: "embedded" }, ["provider: is missing", "outpost: is not a UUID"]],
  ["PasswordPolicy", { name: "a", promptStages: [] }, ["promptStages: must not be empty"]],
  [
    "PasswordPolicy",
    { name: "a", promptStages: [uuid], zxcvbnScoreThreshold: 5 },
    ["zxcvbnScoreThreshold: must be at most 4"],
  ],
  [
    "Brand",
    { brandingTitle: "", domain: "a" },
    [
      "domain: unknown argument: known are adopt, attributes, brandingCustomCss, brandingFavicon, brandingLogo, brandingTitle, flowAuthentication, flowInvalidation, flowRecovery, flowUserSettings",
      "brandingTitle: must not be empty",
    ],
  ],
  [
    "Role",
    { name: "a", permissions: ["view_user"] },
    ['permissions[0]: is not a permission: write it like "authentik_core.view_user"'],
  ],
];

describe("the arguments of", () => {
  test.each(cases)("%s %j are refused", async (kind, inputs, expected) => {
    expect(await failures(kind, inputs)).toEqual(expected);
  });
});

test("what is not known yet is checked when it is", async () => {
  expect(
    await failures("OAuth2Provider", {
      ...client,
      authorizationFlow: unknownValue,
      redirectUris: [{ url: unknownValue }],
    }),
  ).toEqual([]);
  expect(
    await failures("OAuth2Provider", { ...client, authorizationFlow: unknownValue, invalidationFlow: "x" }),
  ).toEqual(["invalidationFlow: is not a UUID"]);
});

test("null is the same as nothing", async () => {
  expect(await failures("Application", { name: "A", slug: "a", provider: null, metaIcon: null })).toEqual([]);
});

test("a resource or function that does not exist is named", async () => {
  await expect(failures("Grup", {})).rejects.toThrow("the provider has no resource homeslice:authentik:Grup");
  await expect(provider.invoke({ token: "homeslice:authentik:getGrup", args: {}, preview: false })).rejects.toThrow(
    "no function",
  );
});

describe("the configuration of the provider", () => {
  const config = { url: "https://auth.example.org", token: "t" };

  test.each<[Values, string[]]>([
    [
      { retries: "3" },
      ["token: is missing", "url: is missing: give it, or the namespace of the Service in its cluster"],
    ],
    [{ ...config, namespace: "home" }, ["namespace: cannot be given together with url: one way leads to Authentik"]],
    [{ ...config, url: "auth.example.org" }, ['url: is not an address: write it like "https://app.example.org"']],
    [{ ...config, caCert: "a file" }, ["caCert: is not a PEM certificate"]],
    [{ ...config, requestTimeoutMs: "0" }, ["requestTimeoutMs: must be at least 1"]],
    [{ ...config, retrys: "3" }, ['retrys: unknown argument: did you mean "retries"?']],
  ])("%j is refused", async (inputs, expected) => {
    const { failures: found = [] } = await provider.checkConfig(inputs);
    expect(found.map(({ property, reason }) => `${property}: ${reason}`)).toEqual(expected);
  });

  test("carries numbers and booleans as texts, and the token as a secret", async () => {
    const { inputs } = await provider.checkConfig({ ...config, insecureSkipVerify: "true" });
    expect(inputs).toMatchObject({ insecureSkipVerify: "true", requestTimeoutMs: "30000", retries: "6" });
    expect(inputs["token"]).toMatchObject({ value: "t" });
  });

  test("takes a Service in a cluster in place of an address", async () => {
    const { inputs, failures } = await provider.checkConfig({ token: "t", namespace: "home", kubeconfig: "a: b\n" });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ namespace: "home", service: "authentik", port: "9000" });
    expect(inputs["kubeconfig"]).toMatchObject({ value: "a: b\n" });
  });

  test.each([
    [{ url: "https://a.example.org" }, { url: "https://b.example.org" }, ["url"]],
    [{ namespace: "a", service: "authentik" }, { namespace: "b", service: "authentik" }, ["namespace", "service"]],
    [{ url: "https://a.example.org" }, { namespace: "a", service: "authentik" }, []],
  ])("from %j to %j, what was made elsewhere is looked at in %j", (before, after, replaces) => {
    expect(provider.configReplaces(before, after)).toEqual(replaces);
  });
});
