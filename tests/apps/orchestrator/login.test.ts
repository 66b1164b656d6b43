import { GroupRoles } from "@homeslice/orchestrator/environment.ts";
import { ClientError, closeCode, createClient, Problem } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { Visitor } from "../../support/browser.ts";
import { examplesIn } from "../../support/documentation.ts";
import { eventually } from "../../support/eventually.ts";
import { startWithProvider } from "./signOn.ts";

const SESSION = "__Host-homeslice";
const LOGIN = "__Host-homeslice-login";
const own = { "x-homeslice-request": "1" };

const { installation, provider, url, cameBack, loggedIn, whois } = await startWithProvider();

const loggingIn = async (name: string) => {
  const visitor = new Visitor();
  return await visitor.request(await cameBack(visitor, name));
};

async function codeOf(response: Response): Promise<string> {
  return Problem.parse(await response.json()).code;
}

describe("a login by the identity provider", () => {
  test("gives the strongest role of one's groups, in a cookie that no script can read", async () => {
    const visitor = new Visitor();
    const response = await visitor.request(await cameBack(visitor, "max", "?next=/servers?tag=a"));
    expect(response.headers.get("location")).toBe("/servers?tag=a");
    const session = response.headers.getSetCookie().find((line) => line.startsWith(`${SESSION}=`));
    for (const attribute of ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]) expect(session).toContain(attribute);
    expect(session).not.toContain("Domain");
    expect(await whois(visitor)).toEqual({ subject: "max", role: "operator", tenant: "default" });
    expect((await visitor.request(`${url}/api/v1/servers`)).status).toBe(200);
  });

  test("is for one tenant: that of the first group that is mapped, or the one that was asked for", async () => {
    expect(await whois(await loggedIn("ada2"))).toMatchObject({ tenant: "default", role: "admin" });
    expect(await whois(await loggedIn("ada2", "?tenant=theirs"))).toMatchObject({ tenant: "theirs", role: "viewer" });
    const visitor = new Visitor();
    expect(await codeOf(await visitor.request(await cameBack(visitor, "max", "?tenant=theirs")))).toBe("not_permitted");
  });

  test("takes the groups as the page about access shows them", () => {
    const [example = ""] = examplesIn("access.md", "json");
    expect(GroupRoles.parse(example)).toEqual({
      "homeslice-admins": { tenant: "default", role: "admin" },
      "web-team": { tenant: "web", role: "operator" },
    });
  });

  test("lets nobody in who is in no group, and tells the audit log", async () => {
    const visitor = new Visitor();
    expect(await codeOf(await visitor.request(await cameBack(visitor, "eve")))).toBe("not_permitted");
    expect(visitor.cookie(url, SESSION)).toBeUndefined();
    const { items } = await (await installation.client(url)).call("listAudit", {
      query: { event_type: "login.refused" },
    });
    expect(items.map(({ resource }) => resource.name)).toContain("eve");
  });

  test.each([
    "https://evil.test/",
    "//evil.test",
    "/\\evil.test",
    "javascript:alert(1)",
    "\t//evil.test",
    "https:evil.test",
  ])("U11: does not lead to another site afterwards: %s", async (next) => {
    const visitor = new Visitor();
    const response = await visitor.request(await cameBack(visitor, "max", `?next=${encodeURIComponent(next)}`));
    expect(new URL(response.headers.get("location") ?? "", url).origin).toBe(url);
  });
});

describe("a role binding", () => {
  const codeOfCall = async (call: Promise<unknown>) =>
    await call.then(
      () => "done",
      (error: unknown) => (error instanceof ClientError ? error.problem.code : String(error)),
    );

  test("adds to what the configuration gives: the stronger of both counts, in the tenant of whoever made it alone", async () => {
    Object.assign(provider.groups, { zoe: ["night shift"], kim: ["viewers", "night shift"], leo: ["admins", "shift"] });
    const [client, theirs] = [await installation.client(url), await installation.client(url, "admin", "theirs")];
    expect(await codeOf(await loggingIn("zoe"))).toBe("not_permitted");
    await theirs.call("createRoleBinding", { body: { name: "night shift", role: "admin" } });
    expect(await whois(await loggedIn("zoe"))).toEqual({ subject: "zoe", role: "admin", tenant: "theirs" });
    expect(await whois(await loggedIn("kim"))).toMatchObject({ role: "viewer", tenant: "default" });
    await client.call("createRoleBinding", { body: { name: "night shift", role: "operator" } });
    await client.call("createRoleBinding", { body: { name: "shift", role: "viewer" } });
    expect(await whois(await loggedIn("zoe"))).toMatchObject({ role: "operator", tenant: "default" });
    expect(await whois(await loggedIn("kim"))).toMatchObject({ role: "operator", tenant: "default" });
    expect(await whois(await loggedIn("kim", "?tenant=theirs"))).toMatchObject({ role: "admin", tenant: "theirs" });
    expect(await whois(await loggedIn("leo"))).toMatchObject({ role: "admin" });
  });

  test("that is changed or taken away is so for whoever is logged in, too", async () => {
    Object.assign(provider.groups, { ivy: ["on call"], jan: ["viewers", "on call"] });
    const client = await installation.client(url);
    const made = await client.call("createRoleBinding", { body: { name: "on call", role: "admin" } });
    const [ivy, jan] = [await loggedIn("ivy"), await loggedIn("jan")];
    const list = async (visitor: Visitor) => (await visitor.request(`${url}/api/v1/accounts`)).status;
    expect([await list(ivy), await list(jan)]).toEqual([200, 200]);
    const params = { role_binding_id: made.role_binding_id };
    const body = { name: "on call", role: "operator" as const };
    const { version } = await client.call("updateRoleBinding", { params, body, version: made.version });
    expect([await list(ivy), await list(jan)]).toEqual([403, 403]);
    expect(await codeOfCall(client.call("deleteRoleBinding", { params, version: made.version }))).toBe(
      "precondition_failed",
    );
    await client.call("deleteRoleBinding", { params, version });
    expect(await whois(ivy)).toBeNull();
    expect(await whois(jan)).toMatchObject({ role: "viewer" });
    const { items } = await client.call("listAudit", { query: { resource_type: "role_binding" } });
    const told = items.filter(({ resource }) => resource.name === "on call").map(({ event_type }) => event_type);
    expect(told).toEqual(["role_binding.deleted", "role_binding.updated", "role_binding.created"]);
  });

  test("gives no more than whoever makes it may do", async () => {
    const client = await installation.client(url);
    const narrow = { name: "narrow", role: "admin" as const, permissions: ["accounts:manage" as const] };
    const { token } = await client.call("createApiToken", { body: narrow });
    const narrowed = createClient({ url, token });
    const wide = { name: "wide", role: "viewer" as const };
    expect(await codeOfCall(narrowed.call("createRoleBinding", { body: wide }))).toBe("not_permitted");
    const { token: full } = await client.call("createApiToken", { body: { name: "full", role: "admin" } });
    const made = await createClient({ url, token: full }).call("createRoleBinding", { body: wide });
    const params = { role_binding_id: made.role_binding_id };
    expect(await codeOfCall(narrowed.call("updateRoleBinding", { params, body: wide }))).toBe("not_permitted");
    expect(await codeOfCall(client.call("createRoleBinding", { body: wide }))).toBe("conflict");
  });
});

describe("S46: what somebody else began, altered or sent again gets nobody in", () => {
  const refused = async (visitor: Visitor, address: string) => {
    const response = await visitor.request(address);
    expect([response.status, await codeOf(response)]).toEqual([401, "not_authenticated"]);
    expect(visitor.cookie(url, SESSION)).toBeUndefined();
  };

  test("login CSRF: the answer to an attacker's login, in a victim's browser", async () => {
    await refused(new Visitor(), await cameBack(new Visitor(), "max"));
  });

  test("the answer to an attacker's login, in the browser of a victim who is logging in at the moment", async () => {
    const victim = new Visitor();
    await cameBack(victim, "ada");
    await refused(victim, await cameBack(new Visitor(), "max"));
  });

  test("a code that was used already, with all that belonged to it", async () => {
    const visitor = new Visitor();
    const address = await cameBack(visitor, "max");
    const pending = visitor.cookie(url, LOGIN) ?? "";
    expect((await visitor.request(address)).status).toBe(302);
    const thief = new Visitor();
    thief.setCookie(url, LOGIN, pending);
    await refused(thief, address);
  });

  test.each([
    ["another state", (query: URLSearchParams) => query.set("state", "x")],
    ["no state", (query: URLSearchParams) => query.delete("state")],
    ["the state twice", (query: URLSearchParams) => query.append("state", query.get("state") ?? "")],
    ["another issuer (mix-up)", (query: URLSearchParams) => query.set("iss", "https://evil.test")],
    ["no issuer", (query: URLSearchParams) => query.delete("iss")],
    ["another code", (query: URLSearchParams) => query.set("code", "x")],
    ["an error", (query: URLSearchParams) => query.set("error", "access_denied")],
  ])("%s", async (_name, alter) => {
    const visitor = new Visitor();
    const address = new URL(await cameBack(visitor, "max"));
    alter(address.searchParams);
    await refused(visitor, address.href);
  });

  test("a nonce of another login", async () => {
    const [one, two] = [new Visitor(), new Visitor()];
    const address = await cameBack(one, "max");
    await cameBack(two, "max");
    one.setCookie(url, LOGIN, two.cookie(url, LOGIN) ?? "");
    await refused(one, address);
  });

  test("a cookie that was altered", async () => {
    const visitor = new Visitor();
    const address = await cameBack(visitor, "max");
    visitor.setCookie(url, LOGIN, `${visitor.cookie(url, LOGIN)?.slice(0, -4)}AAAA`);
    await refused(visitor, address);
  });
});

describe("S47: a session", () => {
  test("is never one that the browser brought along", async () => {
    const visitor = new Visitor();
    visitor.setCookie(url, SESSION, "hss_planted");
    await visitor.request(await cameBack(visitor, "max"));
    expect(visitor.cookie(url, SESSION)).toMatch(/^hss_[\w-]{43}$/);
    const thief = new Visitor();
    thief.setCookie(url, SESSION, "hss_planted");
    expect(await whois(thief)).toBeNull();
  });

  test("is another after each login, and the one before is over", async () => {
    const visitor = await loggedIn("max");
    const before = visitor.cookie(url, SESSION) ?? "";
    visitor.forget(provider.issuer);
    await visitor.request(await cameBack(visitor, "ada"));
    expect(await whois(visitor)).toMatchObject({ subject: "ada" });
    const thief = new Visitor();
    thief.setCookie(url, SESSION, before);
    expect(await whois(thief)).toBeNull();
  });

  test("is over after logout, which leads to the provider's own", async () => {
    const visitor = await loggedIn("max");
    const cookie = visitor.cookie(url, SESSION) ?? "";
    const answer = await visitor.request(`${url}/auth/logout`, { method: "POST", headers: own });
    const { redirect } = z.object({ redirect: z.string() }).parse(await answer.json());
    expect(redirect).toContain(`${provider.issuer}/session/end?`);
    expect(visitor.cookie(url, SESSION)).toBeUndefined();
    visitor.setCookie(url, SESSION, cookie);
    expect(await whois(visitor)).toBeNull();
  });

  test.each([
    ["idle for half an hour", "last_used_at = now() - interval '31 minutes'"],
    ["twelve hours old, however much it is used", "expires_at = now()"],
  ])("is over when it is %s", async (_name, change) => {
    const visitor = await loggedIn("max");
    await installation.query(`update sessions set ${change}`);
    expect(await whois(visitor)).toBeNull();
  });

  test("is stored as a hash", async () => {
    const cookie = (await loggedIn("max")).cookie(url, SESSION) ?? "none";
    const rows = await installation.rows("select encode(session_hash, 'escape') as hash from sessions", "*");
    expect(JSON.stringify(rows)).not.toContain(cookie);
  });

  test("is over when the identity provider says so, but not when somebody else does", async () => {
    const visitor = await loggedIn("max");
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const forged = { method: "POST", headers, body: "logout_token=a.b.c" };
    expect((await fetch(`${url}/auth/backchannel-logout`, forged)).status).toBe(400);
    expect(await whois(visitor)).not.toBeNull();
    const end = await visitor.request(`${provider.issuer}/session/end`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(await end.text())?.[1] ?? "";
    const body = new URLSearchParams({ xsrf, logout: "yes" }).toString();
    await visitor.request(`${provider.issuer}/session/end/confirm`, { method: "POST", headers, body });
    await eventually(async () => (await whois(visitor)) === null, "the session is over");
  });
});

describe("S40: a request that another site makes with the cookie", () => {
  const body = JSON.stringify({ hostname: "forged" });
  const json = { "content-type": "application/json" };
  test.each<[string, Record<string, string>, number]>([
    ["from a page of ours is done", { ...json, ...own, origin: "self", "sec-fetch-site": "same-origin" }, 201],
    ["without the header is refused", json, 403],
    ["from another origin is refused", { ...json, ...own, origin: "https://evil.test" }, 403],
    ["from the null origin is refused", { ...json, ...own, origin: "null" }, 403],
    ["from a neighbouring site is refused", { ...json, ...own, "sec-fetch-site": "same-site" }, 403],
    ["as a form's text is refused", { ...own, "content-type": "text/plain" }, 415],
  ])("%s", async (_name, headers, status) => {
    const visitor = await loggedIn("ada");
    const sent = headers["origin"] === "self" ? { ...headers, origin: url } : headers;
    const response = await visitor.request(`${url}/api/v1/servers`, { method: "POST", headers: sent, body });
    expect(response.status).toBe(status);
  });
});

describe("S41: a WebSocket", () => {
  async function closedWith(visitor: Visitor | undefined, origin: string | undefined, query = ""): Promise<number> {
    const cookie = visitor?.cookie(url, SESSION);
    const headers = { ...(cookie && { cookie: `${SESSION}=${cookie}` }), ...(origin !== undefined && { origin }) };
    const path = `/ws/executions/${crypto.randomUUID()}${query}`;
    const socket = new WebSocket(url.replace("http", "ws") + path, { headers });
    let code: number | undefined;
    socket.on("close", (closed) => {
      code = closed;
    });
    await eventually(() => code !== undefined, "the socket is closed");
    return code ?? 0;
  }

  test("opens with the cookie from our own origin alone", async () => {
    const visitor = await loggedIn("max");
    // Whoever is let in hears that there is no such execution.
    expect(await closedWith(visitor, url)).toBe(closeCode.not_found);
    for (const origin of ["https://evil.test", "null", undefined, `${url}.evil.test`]) {
      expect(await closedWith(visitor, origin)).toBe(closeCode.not_authenticated);
    }
  });

  test("takes no token from its address", async () => {
    const token = await installation.token("admin");
    for (const name of ["token", "access_token", "authorization"]) {
      expect(await closedWith(undefined, url, `?${name}=${token}`)).toBe(closeCode.not_authenticated);
    }
  });
});

test.each([
  { "x-authentik-username": "admin", "x-authentik-groups": "admins" },
  { x_authentik_username: "admin", x_authentik_groups: "admins" },
  { "x.authentik.username": "admin" },
  { "x-forwarded-user": "admin", "x-forwarded-for": "127.0.0.1", "x-forwarded-prefix": "/admin" },
  { "remote-user": "admin", "x-original-url": "/healthz", "x-http-method-override": "GET" },
])("S43: no header of a proxy says who is calling: %o", async (headers) => {
  expect((await fetch(`${url}/api/v1/servers`, { headers: new Headers(Object.entries(headers)) })).status).toBe(401);
});

describe("when the identity provider", () => {
  test("SF2: has new keys, the next login goes by them", async () => {
    provider.rotateKeys();
    expect(await whois(await loggedIn("max"))).toMatchObject({ subject: "max" });
  });

  test("SF2: publishes garbage for its keys, nobody logs in, and who is in stays in", async () => {
    const before = await loggedIn("max");
    provider.instead.set("/jwks", { status: 200, body: "not JSON" });
    const visitor = new Visitor();
    expect((await visitor.request(await cameBack(visitor, "ada"))).status).toBe(401);
    provider.instead.clear();
    expect(await whois(before)).toMatchObject({ subject: "max" });
  });

  test("SF1: is down, nobody logs in, who is in stays in and can leave", async () => {
    const visitor = await loggedIn("max");
    const { port } = provider;
    await provider.stop();
    expect(await codeOf(await fetch(`${url}/auth/login`, { redirect: "manual" }))).toBe("not_ready");
    expect((await visitor.request(`${url}/api/v1/servers`)).status).toBe(200);
    const logout = await visitor.request(`${url}/auth/logout`, { method: "POST", headers: own });
    expect([logout.status, await logout.json()]).toEqual([200, { redirect: null }]);
    await provider.listen(port);
    expect(await whois(await loggedIn("max"))).toMatchObject({ subject: "max" });
  });
});
