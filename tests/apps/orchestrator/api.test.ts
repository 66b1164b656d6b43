import { Problem, type Role, routes } from "@homeslice/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Installation } from "./harness.ts";

let installation: Installation;
let url: string;
let sent = 0;

beforeAll(async () => {
  installation = await Installation.create();
  installation.with = { trustedProxies: ["127.0.0.1"] };
  ({ url } = await installation.start());
});

afterAll(async () => await installation.destroy());

const unknownId = "00000000-0000-7000-8000-000000000000";

async function request(
  method: string,
  path: string,
  options: { role?: Role; token?: string; body?: string; type?: string },
) {
  // Each from an address of its own: so many bad tokens from one would be held back.
  const headers = new Headers({ "x-forwarded-for": `192.0.2.${sent++ % 250}` });
  const token = options.role === undefined ? options.token : await installation.token(options.role);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  if (options.body !== undefined) headers.set("content-type", options.type ?? "application/json");
  const body = options.body === undefined ? {} : { body: options.body };
  const response = await fetch(url + path, { method, headers, ...body });
  const answer: unknown = await response.json();
  return { status: response.status, type: response.headers.get("content-type"), answer };
}

describe("every route", () => {
  const protectedRoutes = Object.entries(routes).filter(([, { permission }]) => permission !== "public");
  test.each(protectedRoutes)("%s answers 401 without a token and with a bad one", async (_name, { method, path }) => {
    const target = path.replaceAll(/\{\w+\}/g, unknownId);
    for (const token of [undefined, "", "a.b.c", "null"]) {
      const { status, answer } = await request(method, target, token === undefined ? {} : { token });
      expect(status).toBe(401);
      expect(Problem.parse(answer).code).toBe("not_authenticated");
    }
  });

  test("is in the OpenAPI document, with its permission and its answer", async () => {
    const { answer } = await request("GET", "/api/v1/openapi.json", {});
    const document = z
      .object({ openapi: z.literal("3.1.0"), paths: z.record(z.string(), z.looseObject({})) })
      .parse(answer);
    for (const [name, { path, method, permission }] of Object.entries(routes)) {
      expect(document.paths[path]).toMatchObject({
        [method.toLowerCase()]: { operationId: name, description: `Permission: ${permission}` },
      });
    }
  });
});

describe("roles", () => {
  const start = JSON.stringify({
    target_servers: [unknownId],
    operation: { type: "shell_command", argv: ["true"] },
  });
  test.each([
    ["viewer", "GET", "/api/v1/servers", undefined, 200],
    ["viewer", "POST", "/api/v1/executions", start, 403],
    ["operator", "POST", "/api/v1/executions", start, 404],
    ["operator", "POST", "/api/v1/servers", '{"hostname":"a"}', 403],
    ["operator", "POST", "/api/v1/actions", "{}", 403],
    ["admin", "POST", "/api/v1/servers", '{"hostname":"a"}', 201],
  ] as const)("%s: %s %s answers as its permissions say", async (role, method, path, body, expected) => {
    const { status } = await request(method, path, body === undefined ? { role } : { role, body });
    expect(status).toBe(expected);
  });
});

describe("bad input gets one clear problem document and changes nothing", () => {
  const cases: [string, string, string, { body?: string; type?: string }, number, string][] = [
    ["a body that is not JSON", "POST", "/api/v1/servers", { body: "{" }, 400, "invalid_request"],
    ["an empty body", "POST", "/api/v1/servers", { body: "" }, 400, "invalid_request"],
    [
      "another content type",
      "POST",
      "/api/v1/servers",
      { body: "{}", type: "text/plain" },
      415,
      "unsupported_media_type",
    ],
    ["a body over 1 MiB", "POST", "/api/v1/servers", { body: `"${"x".repeat(1_048_576)}"` }, 413, "body_too_large"],
    ["an array as body", "POST", "/api/v1/servers", { body: "[]" }, 400, "invalid_request"],
    ["an unknown key", "POST", "/api/v1/servers", { body: '{"hostname":"a","role":"admin"}' }, 400, "invalid_request"],
    ["a __proto__ key", "POST", "/api/v1/servers", { body: '{"hostname":"a","__proto__":{}}' }, 400, "invalid_request"],
    ["a wrong type", "POST", "/api/v1/servers", { body: '{"hostname":7}' }, 400, "invalid_request"],
    ["a host name with a newline", "POST", "/api/v1/servers", { body: '{"hostname":"a\\nb"}' }, 400, "invalid_request"],
    ["S11 an id that is none", "GET", "/api/v1/servers/..%2f..%2fetc", {}, 400, "invalid_request"],
    ["an unknown server", "GET", `/api/v1/servers/${unknownId}`, {}, 404, "not_found"],
    ["an unknown server's health", "GET", `/api/v1/servers/${unknownId}/health`, {}, 404, "not_found"],
    ["an unknown execution", "GET", `/api/v1/executions/${unknownId}`, {}, 404, "not_found"],
    ["an unknown execution's logs", "GET", `/api/v1/executions/${unknownId}/logs`, {}, 404, "not_found"],
    ["cancelling an unknown execution", "DELETE", `/api/v1/executions/${unknownId}`, {}, 404, "not_found"],
    ["an unknown path", "GET", "/api/v1/nothing", {}, 404, "not_found"],
    ["a negative page size", "GET", "/api/v1/servers?limit=-1", {}, 400, "invalid_request"],
    ["a huge page size", "GET", "/api/v1/servers?limit=1e9", {}, 400, "invalid_request"],
    ["a cursor that is none", "GET", "/api/v1/servers?cursor=0000", {}, 400, "invalid_request"],
    ["an audit cursor that is none", "GET", "/api/v1/audit?cursor=-1", {}, 400, "invalid_request"],
    ["a method that is not there", "QUERY", "/api/v1/audit", {}, 405, "method_not_allowed"],
    ["a method with a body that is not there", "PATCH", "/api/v1/queue", { body: "{" }, 405, "method_not_allowed"],
    ["an unknown filter", "GET", "/api/v1/servers?sort=__proto__", {}, 400, "invalid_request"],
    ["a filter given twice", "GET", "/api/v1/servers?tag=a&tag=b", {}, 400, "invalid_request"],
  ];
  test.each(cases)("%s", async (_name, method, path, options, status, code) => {
    const result = await request(method, path, { role: "admin", ...options });
    expect(result.status).toBe(status);
    expect(result.type).toContain("application/problem+json");
    expect(Problem.parse(result.answer)).toMatchObject({ status, code });
  });

  const argv = (...value: unknown[]) => ({ operation: { type: "shell_command", argv: value } });
  test.each([
    ["an empty command", argv()],
    ["an empty program", argv("")],
    ["S8 a NUL in an argument", argv("echo", "a\0b")],
    ["a number as argument", argv("echo", 7)],
    ["S16 an argument over 128 KiB", argv("echo", "x".repeat(131_073))],
    ["S16 more than 1,000 arguments", argv("echo", ...Array.from({ length: 1_000 }, () => "x"))],
    ["neither action nor operation", {}],
    ["both action and operation", { ...argv("true"), action_template_id: unknownId }],
    ["a time-out of 0", { ...argv("true"), timeout_seconds: 0 }],
    ["a time-out that overflows a timer", { ...argv("true"), timeout_seconds: 2 ** 31 }],
    ["S13 an unknown operation", { operation: { type: "constructor", argv: ["true"] } }],
    ["no target", { ...argv("true"), target_servers: [] }],
  ])("an execution with %s", async (_name, body) => {
    const { status, answer } = await request("POST", "/api/v1/executions", {
      role: "admin",
      body: JSON.stringify({ target_servers: [unknownId], ...body }),
    });
    expect(status).toBe(400);
    expect(Problem.parse(answer).errors?.length).toBeGreaterThan(0);
  });

  test("names every fault at once, each with its place", async () => {
    const { answer } = await request("POST", "/api/v1/servers", {
      role: "admin",
      body: JSON.stringify({ hostname: "-", environment: "moon", tags: ["ok", "no no"] }),
    });
    const places = Problem.parse(answer).errors?.map(({ path }) => path);
    expect(places).toEqual(["body.hostname", "body.environment", "body.tags.1"]);
  });
});

describe("health", () => {
  test("is told without a token", async () => {
    expect(await request("GET", "/healthz", {})).toMatchObject({ status: 200 });
    expect(await request("GET", "/readyz", {})).toMatchObject({
      status: 200,
      answer: { ready: true, checks: { database: "ok", migrations: "ok" } },
    });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^homeslice_http_request_duration_seconds_count\{.*route="\/api\/v1\/servers"/m);
    expect(metrics).not.toContain(unknownId);
  });
});
