import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "@homeslice/cli/cluster/home.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Backend, echo, outpost, WRONG } from "../edge/backends.ts";
import { ensureEdgePrograms } from "../edge/build.ts";
import { Edge } from "../edge/edge.ts";
import { leadTo } from "../edge/redirect.ts";
import { eventually } from "../support/eventually.ts";
import { lineProgress } from "../testbed/progress.ts";
import { Bench, report } from "./clusterSupport.ts";

const NAMESPACE = "homeslice-dev-edge";
const OPEN = "open.home.example.org";
const GUARDED = "guarded.home.example.org";
const LOGIN = "auth.home.example.org";
const SESSION = { cookie: "session=valid" };

let bench: Bench;
let edge: Edge;
let http3: string;
const backends: Record<string, Backend> = {};
const seenBy = (name: string) => backends[name]?.seen() ?? {};

const Outputs = z.object({
  edge: z.object({ certificateAuthority: z.string(), urls: z.record(z.string(), z.string()) }),
});

beforeAll(async () => {
  const progress = lineProgress((line) => void process.stderr.write(`${line}\n`));
  const programs = await ensureEdgePrograms(cacheDirectory(process.env), progress, new AbortController().signal);
  http3 = programs.http3;
  bench = await Bench.start();
  const image = "registry.invalid/echo:1";
  const services = { open: { image, port: 3000, access: "everyone" }, guarded: { image, port: 3000 } };
  const ban = { failures: 4, lastsSeconds: 2, exempt: ["127.0.0.9"] };
  bench.configure("dev", { domain: "home.example.org", services, traefik: { ban }, authentik: { signOn: false } });
  const { outputs } = report(await bench.run(["up", "--stack", "dev", "--yes", "--json"]));
  const authority = Outputs.parse(outputs).edge.certificateAuthority;

  Object.assign(backends, {
    open: await echo("open ".repeat(1000)),
    guarded: await echo("guarded"),
    authentik: await echo("the login page"),
    outpost: await outpost(),
  });
  const ports = Object.fromEntries(Object.entries(backends).map(([name, { port }]) => [name, port]));
  await leadTo(bench.kube, NAMESPACE, ports);
  edge = await Edge.start({
    traefik: programs.traefik,
    kube: bench.kube,
    kubeconfig: readFileSync(bench.env()["KUBECONFIG"] ?? "", "utf8"),
    namespace: NAMESPACE,
    signOn: `http://127.0.0.1:${ports["outpost"]}`,
    authority,
  });
  await eventually(async () => (await edge.get(OPEN)).status === 200, "the routes are there");
});

afterAll(async () => {
  await edge?.stop();
  for (const backend of Object.values(backends)) backend.close();
  await bench?.stop();
});

describe("the way in", () => {
  test("leads from http to https, at the port that people know", async () => {
    const { status, headers } = await edge.plain("web", OPEN, "/page?q=1");
    expect([status, headers["location"]]).toEqual([301, `https://${OPEN}/page?q=1`]);
  });

  test("is encrypted with a certificate of the stack's own authority, for every name under the domain", async () => {
    expect((await edge.get(OPEN)).status).toBe(200);
    await expect(edge.get(OPEN, "/", {}, { ca: [] })).rejects.toThrow(/certificate/);
    await expect(edge.get("open.example.com")).rejects.toThrow(/altnames/);
  });

  test("refuses outdated encryption", async () => {
    const outdated = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
    await expect(edge.get(OPEN, "/", {}, outdated)).rejects.toThrow(/protocol version|handshake|alert/i);
  });

  test("is open over HTTP/2 and HTTP/3", async () => {
    expect(await edge.getByHttp2(OPEN)).toBe(200);
    expect((await edge.get(OPEN)).headers["alt-svc"]).toContain('h3=":443"');
    const args = ["-q", "-insecure", `https://127.0.0.1:${edge.ports["websecure"]}/`];
    const { stderr } = spawnSync(http3, args, { encoding: "utf8", timeout: 20_000 });
    expect(stderr).toContain('Proto:"HTTP/3.0"');
  });

  test("knows no other host", async () => {
    expect((await edge.get("nothing.home.example.org")).status).toBe(404);
  });

  test("adds headers that guard the browser, removes what names the software, and compresses", async () => {
    const { headers } = await edge.get(OPEN, "/", { "accept-encoding": "gzip" });
    expect(headers).toMatchObject({
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
      "content-encoding": "gzip",
    });
    expect(headers["server"]).toBeUndefined();
  });
});

describe("a service behind the sign-on", () => {
  test("sends whoever has no session to log in, without a word to the service", async () => {
    const { status, headers } = await edge.get(GUARDED);
    expect([status, headers["location"]]).toEqual([302, `https://auth.example.org/?rd=${GUARDED}`]);
    expect(seenBy("guarded")).toEqual({});
  });

  test("lets whoever is logged in pass, and tells the service who it is", async () => {
    expect((await edge.get(GUARDED, "/", SESSION)).body).toBe("guarded");
    expect(seenBy("guarded")).toMatchObject({ "x-authentik-username": "alice" });
  });

  test("leads the outpost's own paths to the outpost, without a session", async () => {
    const path = "/outpost.goauthentik.io/start";
    expect((await edge.get(GUARDED, path)).body).toBe(`outpost at ${path}`);
  });
});

describe("what a client says of itself", () => {
  const spoofed = { "X-authentik-username": "mallory", "X-AUTHENTIK-GROUPS": "admins", "x-authentik-uid": "1" };

  test("reaches no service as an identity", async () => {
    await edge.get(OPEN, "/", spoofed);
    expect(Object.keys(seenBy("open")).filter((name) => name.includes("authentik"))).toEqual([]);
    await edge.get(GUARDED, "/", { ...spoofed, ...SESSION });
    expect(seenBy("guarded")).toMatchObject({ "x-authentik-username": "alice" });
    expect(JSON.stringify(seenBy("guarded"))).not.toMatch(/mallory|admins/);
  });

  test("does not change what the edge says of where it comes from", async () => {
    const forwarded = { "x-forwarded-for": "10.9.9.9", "x-forwarded-host": "evil.example", "x-forwarded-uri": "/free" };
    await edge.get(GUARDED, "/", { ...forwarded, ...SESSION });
    expect(seenBy("outpost")).toMatchObject({ "x-forwarded-host": GUARDED, "x-forwarded-uri": "/" });
    expect(seenBy("guarded")).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-host": GUARDED });
  });
});

describe("the rates", () => {
  test("let few attempts to log in through", async () => {
    const attempts = Array.from({ length: 30 }, () => edge.get(LOGIN, "/api/v3/flows/executor/login/"));
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(12);
    expect(statuses).toContain(429);
    expect((await edge.get(LOGIN)).status).toBe(200);
  });

  test("hold back whoever floods a service", async () => {
    const flood = Array.from({ length: 1000 }, () => edge.get(OPEN));
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect((await edge.get(GUARDED, "/", SESSION)).status).toBe(200);
  });
});

describe("an address that fails too often", () => {
  const tries = async (localAddress: string, host: string, headers = {}, path = "/", method = "GET") =>
    (await edge.get(host, path, headers, { localAddress, method })).status;
  const wrong = { authorization: WRONG };

  test("is refused everywhere for a time, and no other is", async () => {
    const [guesser, somebody] = ["127.0.0.5", "127.0.0.6"];
    for (const _ of "1234") expect(await tries(guesser, OPEN, wrong)).toBe(401);
    const { status, headers } = await edge.get(OPEN, "/", {}, { localAddress: guesser });
    expect([status, headers["retry-after"]]).toEqual([403, expect.stringMatching(/^[12]$/)]);
    expect(await tries(guesser, GUARDED, SESSION)).toBe(403);
    expect(await tries(somebody, GUARDED, SESSION)).toBe(200);
    await eventually(async () => (await tries(guesser, OPEN)) === 200, "the ban is over");
    for (const _ of "1234") expect(await tries(guesser, OPEN, wrong)).toBe(401);
    expect(await tries(guesser, OPEN)).toBe(403);
  });

  test("is one that keeps trying to log in although it may not so often", async () => {
    const attempt = () => tries("127.0.0.7", LOGIN, {}, "/api/v3/flows/executor/login/", "POST");
    const statuses = new Set<number>();
    await eventually(async () => statuses.add(await attempt()).has(403), "the address is banned");
    expect(statuses).toEqual(new Set([200, 429, 403]));
  });

  test("is none that reads, asks too often for anything else, or is exempt", async () => {
    const reads = Array.from({ length: 30 }, () => tries("127.0.0.8", LOGIN, {}, "/api/v3/flows/executor/login/"));
    expect(new Set(await Promise.all(reads))).toEqual(new Set([200, 429]));
    expect(await tries("127.0.0.8", OPEN)).toBe(200);
    for (const _ of "123456") expect(await tries("127.0.0.9", OPEN, wrong)).toBe(401);
    expect(await tries("127.0.0.9", OPEN)).toBe(200);
  });

  test("is not made of others: what carries a token is passed on as it comes, WebSockets too", async () => {
    const right = { authorization: "Bearer right" };
    expect(await edge.firstOf(OPEN, "/stream", right)).toMatch(/^open /);
    expect(await edge.upgrade(OPEN, right)).toEqual([101, "through"]);
  });

  test("is taken for who it is: by what trusted proxies say, and by its network where it is one of IPv6", () => {
    const cwd = join(import.meta.dirname, "../edge/ban");
    const { status, stdout, stderr } = spawnSync("go", ["test", "./..."], { cwd, encoding: "utf8" });
    expect(status, stdout + stderr).toBe(0);
  });

  test("is counted and told of", async () => {
    const { body } = await edge.plain("metrics", "localhost", "/metrics");
    expect(body).toMatch(/^homeslice_edge_bans_total 3$/m);
    expect(body).toMatch(/^homeslice_edge_banned_addresses \d$/m);
    expect(edge.log()).toMatch(/"level":"warn","address":"127\.0\.0\.5","failures":4,"seconds":2,.*"address banned"/);
  });
});

describe("what the edge tells", () => {
  test("is one line of JSON for each request, without a secret", async () => {
    await edge.get(GUARDED, "/?code=hidden-code", { ...SESSION, authorization: "Bearer hidden-token" });
    const entry = z.looseObject({ RequestHost: z.string().optional(), DownstreamStatus: z.number().optional() });
    const lines = () =>
      edge
        .log()
        .trim()
        .split("\n")
        .map((line) => entry.parse(JSON.parse(line)));
    await eventually(() => lines().at(-1)?.RequestHost === GUARDED, "the request is in the log");
    expect(edge.log()).not.toMatch(/hidden|session=/);
  });

  test("measures requests, and when the certificate ends", async () => {
    const { body } = await edge.plain("metrics", "localhost", "/metrics");
    expect(body).toMatch(/traefik_entrypoint_requests_total\{.*entrypoint="websecure"/);
    const until = /traefik_tls_certs_not_after\{cn="home\.example\.org".*\} (\S+)/.exec(body)?.[1];
    const days = (Number(until) * 1000 - Date.now()) / (24 * 3_600_000);
    expect(Math.round(days)).toBe(365);
  });

  test("is nothing about rights that it lacks", () => {
    expect(edge.log()).not.toMatch(/forbidden|"level":"error"/);
  });
});
