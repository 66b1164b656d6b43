import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Visitor } from "../../support/browser.ts";
import { startWithProvider } from "./signOn.ts";

// What the identity provider signs, and what somebody makes of it.

const { provider, url, loggedIn, whois } = await startWithProvider();

const otherKey = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

/** Ways to alter a token of the identity provider. */
const alterations: [string, (claims: object) => Promise<string>][] = [
  ["unsigned", async (claims) => `${[{ alg: "none" }, claims].map(encoded).join(".")}.`],
  ["signed by somebody else", (claims) => provider.sign(claims, "RS256", otherKey.privateKey)],
  ["signed with the public key as a secret", (claims) => provider.sign(claims, "HS256", provider.publicKey)],
  [
    "signed with the secret of the client",
    (claims) => provider.sign(claims, "HS256", Buffer.from(provider.clientSecret)),
  ],
  ["of another issuer", (claims) => provider.sign({ ...claims, iss: "https://evil.test" })],
  ["for another client", (claims) => provider.sign({ ...claims, aud: "other" })],
  ["without an audience", (claims) => provider.sign({ ...claims, aud: undefined })],
  ["from long ago", (claims) => provider.sign({ ...claims, iat: 1, exp: 61 })],
];
const fresh = () => {
  const iat = Math.floor(Date.now() / 1_000);
  return { iss: provider.issuer, aud: provider.clientId, iat, exp: iat + 60, sub: "max" };
};

describe("S46: an ID token", () => {
  /** Comes back from a login whose ID token is this one. */
  async function answeredWith(make: (claims: object) => Promise<string>): Promise<Response> {
    const visitor = new Visitor();
    const began = (await visitor.request(`${url}/auth/login`)).headers.get("location") ?? "";
    const nonce = new URL(began).searchParams.get("nonce") ?? "";
    const address = await visitor.logIn(began, "max", "/auth/callback");
    const id_token = await make({ ...fresh(), nonce, groups: ["operators"] });
    const body = JSON.stringify({ access_token: "x", token_type: "Bearer", id_token });
    provider.instead.set("/token", { status: 200, body });
    return await visitor.request(address).finally(() => provider.instead.clear());
  }

  test("is good as the provider signs it", async () => {
    expect((await answeredWith((claims) => provider.sign(claims))).status).toBe(302);
  });

  test.each([
    ...alterations,
    ["with another nonce", (claims) => provider.sign({ ...claims, nonce: "x" })],
    ["without a nonce", (claims) => provider.sign({ ...claims, nonce: undefined })],
    ["without a subject", (claims) => provider.sign({ ...claims, sub: undefined })],
    ["without an end", (claims) => provider.sign({ ...claims, exp: undefined })],
  ] satisfies typeof alterations)("%s gets nobody in", async (_name, make) => {
    expect((await answeredWith(make)).status).toBe(401);
  });
});

describe("a logout by the identity provider", () => {
  const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
  const tell = async (token: string) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ logout_token: token }).toString();
    return (await fetch(`${url}/auth/backchannel-logout`, { method: "POST", headers, body })).status;
  };
  const right = () => ({ ...fresh(), jti: crypto.randomUUID(), events });

  test.each([
    ...alterations,
    ["that is an ID token", (claims) => provider.sign({ ...claims, events: undefined })],
    ["with a nonce", (claims) => provider.sign({ ...claims, nonce: "x" })],
    ["without an id of its own", (claims) => provider.sign({ ...claims, jti: undefined })],
    ["of nobody", (claims) => provider.sign({ ...claims, sub: undefined })],
  ] satisfies typeof alterations)("%s ends nothing", async (_name, make) => {
    expect(await tell(await make(right()))).toBe(400);
  });

  test("ends what is of that person, and nothing of others", async () => {
    const [max, ada] = [await loggedIn("max"), await loggedIn("ada")];
    expect(await tell(await provider.sign(right()))).toBe(200);
    expect([await whois(max), (await whois(ada))?.subject]).toEqual([null, "ada"]);
  });
});
