import type { Clock } from "@homeslice/provider/http/clock.ts";
import { AuthentikError } from "@homeslice/provider/http/errors.ts";
import { Transport, type TransportSettings, transportDefaults } from "@homeslice/provider/http/transport.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuthentikDouble } from "../../doubles/authentik/double.ts";

let double: AuthentikDouble;
let transport: Transport;
let pauses: number[];
let now: number;

/** Time stands still but for the pauses, which take none. */
const clock: Clock = {
  now: () => now,
  date: () => new Date("2030-01-01T00:00:00Z"),
  random: () => 1,
  sleep: async (ms) => {
    pauses.push(ms);
    now += ms;
  },
};

beforeEach(async () => {
  double = await AuthentikDouble.start();
  pauses = [];
  now = 0;
  transport = connect();
});

afterEach(async () => {
  await transport.close();
  await double.stop();
});

function connect(settings: Partial<TransportSettings> = {}): Transport {
  const retry = { retries: 3, baseMs: 100, maxMs: 250, maxRetryAfterMs: 60_000 };
  return new Transport({ ...transportDefaults, requestTimeoutMs: 2_000, retry, ...settings }, clock);
}

async function send(method: string, path = "/core/groups/", body?: object): Promise<Response> {
  const headers = { Authorization: `Bearer ${double.token}`, "Content-Type": "application/json" };
  return transport.fetch(`${double.url}/api/v3${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

async function failed(method: string, path?: string, body?: object): Promise<AuthentikError> {
  const error = await send(method, path, body).catch((reason: unknown) => reason);
  if (error instanceof AuthentikError) return error;
  throw new Error(`not an AuthentikError: ${String(error)}`);
}

const group = { name: "staff" };
const made = () => double.store.all("/core/groups/").filter(({ name }) => name === "staff").length;

describe("repetition", () => {
  test("of a read that failed at the server, with pauses that double up to a bound", async () => {
    double.faults.inject({ kind: "status", status: 503 }, { times: 3 });
    expect((await send("GET")).status).toBe(200);
    expect(pauses).toEqual([100, 200, 250]);
  });

  test("ends after the allowed number, with the last error", async () => {
    double.faults.inject({ kind: "status", status: 502, body: "<h1>bad gateway</h1>" }, { times: 9 });
    const error = await failed("GET");
    expect(error).toMatchObject({ code: "authentik.server-error", status: 502 });
    expect(error.message).toContain("GET /api/v3/core/groups/: the server failed (HTTP 502)");
    expect(double.requests).toHaveLength(4);
  });

  test.each([
    ["a lost connection", { kind: "reset" }],
    ["a server error", { kind: "status", status: 500 }],
  ] as const)("never of a creation after %s", async (_name, fault) => {
    double.faults.inject(fault);
    await failed("POST", "/core/groups/", group);
    expect(double.requests).toHaveLength(1);
    expect(pauses).toEqual([]);
  });

  test("of a creation that was refused for its rate, after the pause that the server asks for", async () => {
    double.faults.inject({ kind: "status", status: 429, retryAfter: "7" });
    double.faults.inject({ kind: "status", status: 429, retryAfter: "Tue, 01 Jan 2030 00:00:05 GMT" });
    await send("POST", "/core/groups/", group);
    expect(pauses).toEqual([7_000, 5_000]);
    expect(made()).toBe(1);
  });

  test("never waits longer for the server than the bound", async () => {
    double.faults.inject({ kind: "status", status: 429, retryAfter: "86400" });
    await send("GET");
    expect(pauses).toEqual([60_000]);
  });

  test("of a creation that did not reach the server", async () => {
    const { url } = double;
    await double.stop();
    const error = await transport
      .fetch(`${url}/api/v3/core/groups/`, { method: "POST" })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "authentik.unreachable" });
    expect(String(error)).toContain("cannot connect");
    expect(pauses).toEqual([100, 200, 250]);
    double = await AuthentikDouble.start();
  });

  test("of updates and deletions, which have the same effect twice", async () => {
    const { pk } = double.store.create("/core/groups/", group);
    double.faults.inject({ kind: "reset" }, { method: "PATCH" });
    double.faults.inject({ kind: "status", status: 503 }, { method: "DELETE" });
    await send("PATCH", `/core/groups/${String(pk)}/`, { is_superuser: true });
    expect((await send("DELETE", `/core/groups/${String(pk)}/`)).status).toBe(204);
  });
});

describe("time-out", () => {
  test("ends a request that is never answered, and says that a creation may have happened", async () => {
    transport = connect({ requestTimeoutMs: 200 });
    double.faults.inject({ kind: "silence" });
    const error = await failed("POST", "/core/groups/", group);
    expect(error.code).toBe("authentik.timeout");
    expect(error.message).toContain("no answer within 0.2 s; it may have been carried out all the same");
    expect(made()).toBe(1);
  });
});

describe("circuit breaker", () => {
  test("keeps requests away after many failures in a row, and lets one try after the pause", async () => {
    transport = connect({ breaker: { failures: 4, openMs: 15_000 } });
    double.faults.inject({ kind: "status", status: 503 }, { times: 4 });
    await failed("GET");
    expect(double.requests).toHaveLength(4);
    expect((await failed("GET")).code).toBe("authentik.circuit-open");
    expect(double.requests).toHaveLength(4);
    now += 15_000;
    expect((await send("GET")).status).toBe(200);
    expect((await send("GET")).status).toBe(200);
  });

  test("opens again when the try fails", async () => {
    transport = connect({ breaker: { failures: 4, openMs: 15_000 } });
    double.faults.inject({ kind: "status", status: 503 }, { times: 5 });
    await failed("GET");
    now += 15_000;
    await failed("GET");
    expect(double.requests).toHaveLength(5);
    expect((await failed("GET")).code).toBe("authentik.circuit-open");
  });

  test("does not take refusals for illness", async () => {
    transport = connect({ breaker: { failures: 2, openMs: 15_000 } });
    for (let times = 0; times < 5; times++) await failed("GET", "/core/groups/00000000-0000-0000-0000-000000000000/");
    expect((await send("GET")).status).toBe(200);
  });
});

describe("errors", () => {
  test("name the fields as the program does", async () => {
    const error = await failed("POST", "/core/groups/", { is_superuser: 1, parents: ["no uuid"] });
    expect(error.code).toBe("authentik.invalid");
    expect(Object.keys(error.fields).sort()).toEqual(["is_superuser", "name", "parents"]);
    expect(error.message).toContain("POST /api/v3/core/groups/: Authentik does not accept the request (HTTP 400)");
    expect(error.message).toContain("\n  isSuperuser: /is_superuser must be boolean");
    expect(error.message).toContain("\n  name: This field is required.");
  });

  test("tell a missing token from a missing object", async () => {
    expect(await failed("GET", "/core/groups/00000000-0000-0000-0000-000000000000/")).toMatchObject({
      code: "authentik.not-found",
    });
    const error = await transport.fetch(`${double.url}/api/v3/core/groups/`).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "authentik.forbidden", status: 403 });
  });
});

test("connections are kept for the next requests", async () => {
  for (let times = 0; times < 10; times++) await send("GET");
  expect(double.connections).toBeLessThanOrEqual(2);
});

test("cancelling ends what is under way", async () => {
  double.faults.inject({ kind: "silence" });
  const request = send("GET");
  await expect.poll(() => double.requests.length).toBe(1);
  transport.cancel();
  await expect(request).rejects.toThrow("cancelled");
});
