import { once } from "node:events";
import { connect } from "node:net";
import { closeCode, LINK_PATH, mintToken, Problem } from "@homeslice/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";

let installation: Installation;
let url: string;
let admin: string;

beforeAll(async () => {
  installation = await Installation.create();
  installation.with = { corsOrigins: ["https://page.example.org"] };
  ({ url } = await installation.start());
  admin = await installation.token("admin");
});

afterAll(async () => await installation.destroy());

async function post(body: string, headers: Record<string, string> = {}) {
  const all = { authorization: `Bearer ${admin}`, "content-type": "application/json", ...headers };
  return await fetch(`${url}/api/v1/servers`, { method: "POST", headers: all, body });
}

describe("S38: JSON of which nobody can say what it means is refused", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  test.each([
    ["a key twice", '{"hostname":"a","hostname":"b"}'],
    ["a key twice, once escaped", '{"hostname":"a","host\\u006eame":"b"}'],
    ["a key twice, deep inside", '{"hostname":"a","x":[{"y":1,"y":2}]}'],
    ["__proto__", '{"hostname":"a","__proto__":{"role":"admin"}}'],
    ["__proto__, escaped", '{"hostname":"a","\\u005f_proto__":{}}'],
    ["constructor", '{"hostname":"a","constructor":{"prototype":{"x":1}}}'],
    ["33 levels", `{"hostname":${nested(32)}}`],
    ["10,000 levels", nested(10_000)],
    ["a number that is none", '{"hostname":1e400}'],
    ["a number as text", '{"hostname":"a","tags":"1"}'],
    ["a trailing comma", '{"hostname":"a",}'],
    ["a comment", '{"hostname":"a"/**/}'],
    ["two documents", '{"hostname":"a"}{"hostname":"b"}'],
    ["a byte order mark inside", '{"hostname":\uFEFF"a"}'],
  ])("%s", async (_name, body) => expect((await post(body)).status).toBe(400));

  test("but a key may be in several objects, and a text may look like JSON", async () => {
    const operation = { type: "shell_command", argv: ["echo", '{"a":1,"a":2}[[['] };
    const body = JSON.stringify({ name: "looks like JSON", operation, description: "{".repeat(100) });
    const headers = { authorization: `Bearer ${admin}`, "content-type": "application/json" };
    expect((await fetch(`${url}/api/v1/actions`, { method: "POST", headers, body })).status).toBe(201);
  });

  test.each(["tag=a&tag=b", "tag[]=a", "tag[$ne]=a", "limit=1e400", "limit=%00", "__proto__=1", "limit[]=1"])(
    "and so is the query %s",
    async (query) => {
      const headers = { authorization: `Bearer ${admin}` };
      expect((await fetch(`${url}/api/v1/servers?${query}`, { headers })).status).toBe(400);
    },
  );
});

describe("S8, S17: a text that no database stores is refused with its place", () => {
  test.each([
    ["a NUL", '{"hostname":"a","tags":["x\\u0000"]}', "body.tags.0"],
    ["half a character", '{"hostname":"\\ud83d"}', "body.hostname"],
    ["a NUL in a key", '{"hostname":"a","x\\u0000":1}', "body"],
  ])("%s in a body", async (_name, body, path) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(Problem.parse(await answer.json()).errors?.map((error) => error.path)).toContain(path);
  });

  test.each(["/api/v1/audit?actor_id=%00", "/api/v1/audit/export?resource_id=%00"])("and in %s", async (path) => {
    const headers = { authorization: `Bearer ${admin}` };
    expect((await fetch(url + path, { headers })).status).toBe(400);
  });

  test("in a name, a reason and a description, too", async () => {
    const headers = { authorization: `Bearer ${admin}`, "content-type": "application/json" };
    const operation = { type: "shell_command", argv: ["true"] };
    for (const [path, body] of [
      ["/api/v1/actions", { name: "a\0b", operation }],
      ["/api/v1/actions", { name: "a", description: "\udc00", operation }],
      ["/api/v1/tokens", { name: "\0", role: "viewer" }],
    ] as const) {
      const answer = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
      expect(answer.status).toBe(400);
    }
  });
});

test("a method that a path does not have is answered with those that it has", async () => {
  const answer = await fetch(`${url}/api/v1/servers/x`, { method: "PATCH" });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "DELETE, GET, HEAD, PUT"]);
  expect((await fetch(`${url}/api/v1/nothing`, { method: "PATCH" })).status).toBe(404);
});

test.each([
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/xml",
  "",
])("S40: a body of the type %j is refused", async (type) => {
  expect((await post('{"hostname":"a"}', { "content-type": type })).status).toBe(415);
});

describe("S44: a request whose end is doubtful", () => {
  const head = "POST /api/v1/servers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  const smuggled = "0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
  test.each([
    ["two ways of telling its length", `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${smuggled}`],
    ["two lengths", `${head}Content-Length: 4\r\nContent-Length: 40\r\n\r\n${smuggled}`],
    ["an unknown coding", `${head}Transfer-Encoding: xchunked\r\n\r\n${smuggled}`],
    ["a coding after chunked", `${head}Transfer-Encoding: chunked, identity\r\n\r\n${smuggled}`],
    ["a header in two lines", `${head}Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n${smuggled}`],
    ["a space before the colon", `${head}Content-Length : 4\r\n\r\n${smuggled}`],
    ["a negative length", `${head}Content-Length: -1\r\n\r\n${smuggled}`],
  ])("with %s gets one refusal and the connection is closed", async (_name, text) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let answer = "";
    socket.on("data", (data) => {
      answer += String(data);
    });
    socket.on("error", () => undefined);
    socket.write(text);
    await once(socket, "close");
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(answer).not.toContain("homeslice_http");
  });
});

test("whoever sends too slowly, or nothing, is not waited for", async () => {
  const slow = await installation.start({ arrivalMs: 300 });
  const post = "POST /api/v1/servers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  const begun = ["", "GET /healthz HTTP/1.1\r\nHost: loc", `${post}Content-Length: 100\r\n\r\n{`];
  const sockets = begun.map((text) => {
    const socket = connect(Number(new URL(slow.url).port), "127.0.0.1").setEncoding("utf8");
    // A drop that falls after the end is refused; that the connection ends is what counts.
    socket.on("error", () => undefined);
    socket.write(text);
    return {
      ended: new Promise((resolve) => socket.once("close", resolve)),
      dripping: setInterval(() => text !== "" && socket.write(" "), 50),
      socket,
    };
  });
  const silent = new WebSocket(slow.url.replace("http", "ws") + LINK_PATH);
  for (const { ended, dripping, socket } of sockets) {
    socket.resume();
    await ended;
    clearInterval(dripping);
  }
  const [code] = silent.readyState === silent.CLOSED ? [undefined] : await once(silent, "close");
  expect(code ?? closeCode.not_authenticated).toBe(closeCode.not_authenticated);
  expect((await fetch(`${slow.url}/healthz`)).status).toBe(200);
});

describe("headers", () => {
  test("tell browsers to take an answer for nothing but what it is, and to keep nothing of the API", async () => {
    const { headers } = await fetch(`${url}/api/v1/openapi.json`);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)/);
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    expect(headers.get("x-powered-by")).toBeNull();
  });

  test("let pages of the named origins use the API, and no others, and nobody with a cookie", async () => {
    const preflight = async (origin: string) => {
      const headers = {
        origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "authorization, if-match",
      };
      return (await fetch(`${url}/api/v1/servers`, { method: "OPTIONS", headers })).headers;
    };
    expect((await preflight("https://page.example.org")).get("access-control-allow-origin")).toBe(
      "https://page.example.org",
    );
    for (const origin of ["https://evil.test", "null", "https://page.example.org.evil.test"]) {
      expect((await preflight(origin)).get("access-control-allow-origin")).toBeNull();
    }
    const allowed = await preflight("https://page.example.org");
    expect(allowed.get("access-control-allow-methods")?.split(", ")).toEqual(["GET", "POST", "PUT", "DELETE"]);
    expect(allowed.get("access-control-allow-headers")).toBe("authorization, if-match");
    expect(allowed.get("access-control-allow-credentials")).toBeNull();
  });
});

test("S43: a forwarded address counts only when a known proxy tells it", async () => {
  const tell = async (address: string) => {
    const headers = { authorization: `Bearer ${await installation.token("viewer")}`, "x-forwarded-for": "6.6.6.6" };
    await fetch(`${address}/api/v1/audit`, { headers });
    const { items } = await (await installation.client(address)).call("listAudit", {
      query: { event_type: "request.refused" },
    });
    return items[0]?.actor.ip_address;
  };
  expect(await tell(url)).toBe("127.0.0.1");
  installation.with = { trustedProxies: ["10.0.0.0/8"] };
  expect(await tell((await installation.start()).url)).toBe("127.0.0.1");
  installation.with = { trustedProxies: ["127.0.0.0/8"] };
  expect(await tell((await installation.start()).url)).toBe("6.6.6.6");
});

test("one user's requests are limited, and another's are not", async () => {
  installation.with = { requestsPerSecond: 5 };
  const { url: limited } = await installation.start();
  const ask = async (role: "viewer" | "operator") => {
    const headers = { authorization: `Bearer ${await installation.token(role)}` };
    return await fetch(`${limited}/api/v1/servers`, { headers });
  };
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask("viewer")));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(5);
  expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await ask("operator")).status).toBe(200);
});

test("one tenant's requests are limited together, however many users it has, and another's are not", async () => {
  installation.with = { requestsPerSecond: 0.5 };
  const { url: limited } = await installation.start();
  const ask = async (subject: string, tenant: string) => {
    const token = await mintToken(installation.secret, { subject, tenant, role: "viewer" }, 600);
    return (await fetch(`${limited}/api/v1/queue`, { headers: { authorization: `Bearer ${token}` } })).status;
  };
  // Each once, so that none of them has asked too much: 10 at once, and 5 a second, are a tenant's share.
  const answers = await Promise.all(Array.from({ length: 100 }, (_, number) => ask(`user ${number}`, "many")));
  expect(new Set(answers)).toEqual(new Set([200, 429]));
  expect(await ask("user 0", "few")).toBe(200);
});

test("requests of strangers from one address are limited, and from another are not", async () => {
  installation.with = { trustedProxies: ["127.0.0.1"] };
  const { url: limited } = await installation.start();
  const ask = async (address: string) =>
    (await fetch(`${limited}/api/v1/queue`, { headers: { "x-forwarded-for": address } })).status;
  const answers = await Promise.all(Array.from({ length: 400 }, () => ask("192.0.2.1")));
  expect(new Set(answers)).toEqual(new Set([401, 429]));
  expect(await ask("192.0.2.2")).toBe(401);
});

describe("a WebSocket", () => {
  async function follow(role: "viewer" | "operator", address = url) {
    const client = await installation.client(address);
    const { server } = await client.call("registerServer", { body: { hostname: "followed" } });
    const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
    const { execution_id } = await client.call("startServerExecution", {
      params: { server_id: server.server_id },
      body: { operation },
    });
    const token = await installation.token(role);
    return () => {
      const headers = { authorization: `Bearer ${token}` };
      const socket = new WebSocket(`${address.replace("http", "ws")}/ws/executions/${execution_id}`, { headers });
      const state: { socket: WebSocket; closed?: number } = { socket };
      socket.on("close", (code) => {
        state.closed = code;
      });
      return state;
    };
  }

  test("is one of at most five that one user holds", async () => {
    const open = await follow("viewer");
    const sockets = Array.from({ length: 7 }, open);
    await eventually(
      () => sockets.filter(({ closed }) => closed === closeCode.too_many).length === 2,
      "two are refused",
    );
    for (const { socket } of sockets) socket.terminate();
    const again = open();
    await once(again.socket, "open");
    again.socket.send('{"type":"follow"}');
    await once(again.socket, "message");
    again.socket.terminate();
  });

  test("is ended when it is half open, and takes nobody's place any more", async () => {
    const quick = await installation.start({ heartbeatMs: 100 });
    const open = await follow("operator", quick.url);
    const halfOpen = open();
    await once(halfOpen.socket, "open");
    halfOpen.socket.pause();
    const clients = async () =>
      /homeslice_live_clients\{view="execution"\} (\d+)/.exec(await (await fetch(`${quick.url}/metrics`)).text())?.[1];
    await eventually(async () => (await clients()) === "1", "it is followed");
    await eventually(async () => (await clients()) === "0", "it is ended");
    halfOpen.socket.terminate();
  });

  test("is closed by a second first message", async () => {
    const open = await follow("operator");
    const twice = open();
    await once(twice.socket, "open");
    for (let index = 0; index < 2; index++) twice.socket.send('{"type":"follow"}');
    await eventually(() => twice.closed !== undefined, "it is closed");
    expect(twice.closed).toBe(closeCode.invalid_message);
  });

  test("is closed when its token is revoked, within a heartbeat", async () => {
    const client = await installation.client(url);
    const { token, token_id } = await client.call("createApiToken", { body: { name: "follower" } });
    const { server } = await client.call("registerServer", { body: { hostname: "revoked" } });
    const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
    const params = { server_id: server.server_id };
    const { execution_id } = await client.call("startServerExecution", { params, body: { operation } });
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws/executions/${execution_id}`, { headers });
    let closed: number | undefined;
    socket.on("close", (code) => {
      closed = code;
    });
    await once(socket, "open");
    socket.send('{"type":"follow"}');
    await once(socket, "message");
    await client.call("revokeApiToken", { params: { token_id } });
    await eventually(() => closed !== undefined, "it is closed");
    expect(closed).toBe(closeCode.not_authenticated);
  });
});
