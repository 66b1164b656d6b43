import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { AuthentikDouble } from "./double.ts";
import type { JsonObject } from "./json.ts";

// The habits of the real server that programs stumble over; without them the double would prove nothing.

let double: AuthentikDouble;

beforeEach(async () => {
  double = await AuthentikDouble.start();
});

afterEach(async () => {
  await double.stop();
  expect(double.defects).toEqual([]);
});

async function send(method: string, path: string, body?: JsonObject, token = double.token) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
  const response = await fetch(`${double.url}/api/v3${path}`, init);
  const text = await response.text();
  return { status: response.status, body: z.looseObject({}).parse(text ? JSON.parse(text) : {}) };
}

const flows = () => {
  const pk = (slug: string) => double.store.find("/flows/instances/", "slug", slug)?.["pk"] ?? null;
  return {
    authorization_flow: pk("default-provider-authorization-implicit-consent"),
    invalidation_flow: pk("default-provider-invalidation-flow"),
  };
};

const outpost = () => String(double.store.find("/outposts/instances/", "type", "proxy")?.["pk"]);

describe("requests", () => {
  test("without a slash at the end of the path are not accepted", async () => {
    expect((await send("POST", "/core/groups", { name: "a" })).status).toBe(405);
  });

  test("with a token that is not known are forbidden, not unauthorised", async () => {
    expect(await send("GET", "/core/groups/", undefined, "other")).toMatchObject({
      status: 403,
      body: { detail: "Token invalid/expired" },
    });
  });

  test("are all forbidden before the bootstrap, and find no defaults before the blueprints", async () => {
    await double.stop();
    double = await AuthentikDouble.start("starting");
    expect((await send("GET", "/core/users/me/")).status).toBe(403);
    double.advance("bootstrapped");
    expect(await send("GET", "/core/users/me/")).toMatchObject({ status: 200, body: { user: { is_superuser: true } } });
    expect((await send("GET", "/flows/instances/?slug=default-authentication-flow")).body["results"]).toEqual([]);
    double.advance("ready");
    expect((await send("GET", "/flows/instances/?slug=default-authentication-flow")).body["results"]).toHaveLength(1);
  });

  test("that do not fit the description of the API are refused field by field", async () => {
    expect((await send("POST", "/core/groups/", { is_superuser: "yes", nmae: "a" })).body).toMatchObject({
      name: ["This field is required."],
      is_superuser: [expect.stringContaining("must be boolean")],
      nmae: ["is no field"],
    });
    expect((await send("GET", "/core/groups/?nmae=a")).body).toEqual({ nmae: ["is no parameter"] });
    expect((await send("GET", "/core/grups/")).status).toBe(404);
    expect((await send("PUT", "/core/groups/")).status).toBe(405);
  });
});

describe("lists", () => {
  test("come in pages whose next is a number, 0 at the end", async () => {
    for (let index = 0; index < 25; index++) double.store.create("/core/groups/", { name: `group ${index}` });
    expect((await send("GET", "/core/groups/")).body).toMatchObject({ pagination: { next: 2, count: 26 } });
    expect((await send("GET", "/core/groups/?page=2")).body).toMatchObject({ pagination: { next: 0, current: 2 } });
  });

  test("filter exactly by name, and loosely by search", async () => {
    for (const name of ["staff", "staff of old"]) double.store.create("/core/groups/", { name });
    expect((await send("GET", "/core/groups/?name=staff")).body["results"]).toHaveLength(1);
    expect((await send("GET", "/core/groups/?search=staff")).body["results"]).toHaveLength(2);
  });

  test("leave out applications that the owner of the token may not enter, unless asked for all", async () => {
    const { pk = null } = double.store.create("/core/applications/", { name: "A", slug: "a" });
    const group = double.store.create("/core/groups/", { name: "staff" })["pk"] ?? null;
    double.store.create("/policies/bindings/", { target: pk, group, order: 0 });
    expect((await send("GET", "/core/applications/?slug=a")).body["results"]).toEqual([]);
    expect((await send("GET", "/core/applications/?slug=a&superuser_full_list=true")).body["results"]).toHaveLength(1);
  });
});

describe("objects", () => {
  test("have unique names", async () => {
    await send("POST", "/core/groups/", { name: "staff" });
    expect(await send("POST", "/core/groups/", { name: "staff" })).toMatchObject({
      status: 400,
      body: { name: [expect.stringContaining("already exists")] },
    });
  });

  test("lose by PUT the lists that it leaves out, and keep them by PATCH", async () => {
    const member = double.store.create("/core/users/", { username: "ada", name: "" })["pk"] ?? null;
    const { pk } = double.store.create("/core/groups/", { name: "staff", users: [member] });
    expect((await send("PATCH", `/core/groups/${pk}/`, { is_superuser: true })).body["users"]).toEqual([member]);
    expect((await send("PUT", `/core/groups/${pk}/`, { name: "staff" })).body).toMatchObject({
      users: [],
      is_superuser: true,
    });
  });

  test("of OAuth2 allow nothing by default, and refuse to be told so", async () => {
    const body = { ...flows(), name: "a", redirect_uris: [{ matching_mode: "strict", url: "https://a/" }] };
    expect((await send("POST", "/providers/oauth2/", body)).body).toMatchObject({
      grant_types: [],
      property_mappings: [],
      redirect_uris: [{ matching_mode: "strict", url: "https://a/", redirect_uri_type: "authorization" }],
    });
    const refused = await send("POST", "/providers/oauth2/", { ...body, name: "b", grant_types: [] });
    expect(refused).toMatchObject({ status: 400, body: { grant_types: ["This list may not be empty."] } });
  });

  test("of the proxy get mappings that nobody asked for", async () => {
    const body = { ...flows(), name: "a", mode: "forward_single", external_host: "https://a.example.org" };
    expect((await send("POST", "/providers/proxy/", body)).body["property_mappings"]).toHaveLength(5);
  });

  test("of the outpost have settings that are written as a whole, and a name that stays", async () => {
    const path = `/outposts/instances/${outpost()}/`;
    await send("PATCH", path, { config: { log_level: "debug" } });
    expect((await send("PATCH", path, { config: { authentik_host: "https://a/" } })).body).toMatchObject({
      config: { log_level: "info" },
    });
    expect((await send("PATCH", path, { config: { authentik_hosts: "" } })).status).toBe(400);
    expect((await send("PATCH", path, { name: "mine" })).status).toBe(400);
  });

  test("of the outpost take proxy providers alone", async () => {
    const provider =
      double.store.create("/providers/oauth2/", { ...flows(), name: "a", redirect_uris: [] })["pk"] ?? null;
    expect((await send("PATCH", `/outposts/instances/${outpost()}/`, { providers: [provider] })).status).toBe(400);
  });

  test("of one provider are one application at most", async () => {
    const provider =
      double.store.create("/providers/oauth2/", { ...flows(), name: "a", redirect_uris: [] })["pk"] ?? null;
    await send("POST", "/core/applications/", { name: "A", slug: "a", provider });
    expect((await send("POST", "/core/applications/", { name: "B", slug: "b", provider })).body).toHaveProperty(
      "provider",
    );
  });
});

describe("tokens", () => {
  test("show their key only when asked, end when the server says, and keep their user", async () => {
    const [user = null, other = null] = ["ada", "bob"].map(
      (username) => double.store.create("/core/users/", { username, name: "" })["pk"],
    );
    const expires = "2040-01-01T00:00:00Z";
    const { body } = await send("POST", "/core/tokens/", {
      identifier: "a",
      user,
      intent: "api",
      expiring: true,
      expires,
    });
    expect(body["expires"]).not.toBe(expires);
    expect(body).not.toHaveProperty("key");
    expect((await send("POST", "/core/tokens/a/set_key/", { key: "k" })).status).toBe(204);
    expect((await send("GET", "/core/tokens/a/view_key/")).body).toEqual({ key: "k" });
    expect((await send("PATCH", "/core/tokens/a/", { user: other })).status).toBe(400);
    expect((await send("POST", "/core/tokens/", { identifier: "b", user, intent: "recovery" })).status).toBe(400);
  });

  test("and accounts of the server's own kind cannot be made", async () => {
    expect(
      (await send("POST", "/core/users/", { username: "a", name: "", type: "internal_service_account" })).status,
    ).toBe(400);
    expect((await send("POST", "/core/users/", { username: "a", name: "", path: "/a" })).status).toBe(400);
    const made = await send("POST", "/core/users/service_account/", { name: "bot" });
    expect(made).toMatchObject({ status: 200, body: { username: "bot", token: expect.any(String) } });
    expect(double.store.find("/core/tokens/", "identifier", "service-account-bot-password")).toMatchObject({
      intent: "app_password",
    });
  });
});

test("a second default brand is refused", async () => {
  expect((await send("POST", "/core/brands/", { domain: "a.example.org", default: true })).status).toBe(400);
});
