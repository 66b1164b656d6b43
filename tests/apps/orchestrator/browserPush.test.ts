import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import { encrypt } from "@homeslice/orchestrator/push/encryption.ts";
import { createClient } from "@homeslice/protocol";
import { importJWK, jwtVerify } from "jose";
import { afterAll, afterEach, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";

/** A push service: keeps what it is sent, and answers as it is told. */
const got: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
const answers = new Map<string, number>();
const service = createServer(async (request, response) => {
  const path = request.url ?? "";
  got.push({ path, headers: request.headers, body: await buffer(request) });
  response.writeHead(answers.get(path) ?? 201).end();
});
await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
const address = service.address();
if (address === null || typeof address === "string") throw new Error("it listens nowhere");
const origin = `http://127.0.0.1:${address.port}`;

const installation = await Installation.create();
installation.with = { notifyNetworks: ["127.0.0.0/8"] };
const { url } = await installation.start();
const admin = await installation.client(url);
afterAll(async () => {
  await installation.destroy();
  await new Promise((resolve) => service.close(resolve));
});
afterEach(async () => {
  got.length = 0;
  answers.clear();
  await installation.query("delete from push_subscriptions; delete from notification_channels");
});

/** A browser that has subscribed, as the Push API has it. */
class Browser {
  readonly endpoint: string;
  readonly #pair: ECDH = createECDH("prime256v1");
  readonly #auth = randomBytes(16);

  constructor(name: string) {
    this.endpoint = `${origin}/${name}`;
    this.#pair.generateKeys();
  }

  get subscription() {
    const keys = { p256dh: this.#pair.getPublicKey("base64url"), auth: this.#auth.toString("base64url") };
    return { endpoint: this.endpoint, expirationTime: null, keys };
  }

  /** What RFC 8291 has a browser do with what it gets. */
  decrypt(body: Buffer): unknown {
    const [salt, idLength] = [body.subarray(0, 16), body.readUInt8(20)];
    const sender = body.subarray(21, 21 + idLength);
    const sealed = body.subarray(21 + idLength);
    const derive = (secret: Uint8Array, by: Uint8Array, info: Uint8Array, bytes: number) =>
      Buffer.from(hkdfSync("sha256", secret, by, info, bytes));
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), this.#pair.getPublicKey(), sender]);
    const secret = derive(this.#pair.computeSecret(sender), this.#auth, info, 32);
    const key = derive(secret, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
    const nonce = derive(secret, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
    const decipher = createDecipheriv("aes-128-gcm", key, nonce);
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    expect(plain.at(-1)).toBe(2);
    return JSON.parse(plain.subarray(0, -1).toString("utf8"));
  }
}

async function channel(users: string[] = []): Promise<string> {
  const body = { name: `browsers ${crypto.randomUUID()}`, target: { type: "browser_push" as const, users } };
  return (await admin.call("createChannel", { body })).channel_id;
}

test("a message is encrypted as the example of RFC 8291 has it", () => {
  const keys = {
    p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
  };
  const fresh = {
    salt: Buffer.from("DGv6ra1nlYgDCS1FRnbzlw", "base64url"),
    privateKey: Buffer.from("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", "base64url"),
  };
  const expected =
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
  expect(encrypt("When I grow up, I want to be a watermelon", keys, fresh).toString("base64url")).toBe(expected);
});

test("an event reaches the browsers that want to be told, proven to be from here, and readable by each of them alone", async () => {
  const viewer = await installation.client(url, "viewer");
  const browsers = [new Browser("one"), new Browser("two")];
  for (const { subscription } of browsers) await viewer.call("subscribePush", { body: subscription });
  const rule = { name: "push", channel_ids: [await channel()], events: ["execution.cancelled" as const] };
  await admin.call("createNotificationRule", { body: rule });
  const { server } = await admin.call("registerServer", { body: { hostname: "pushed" } });
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const body = { operation, target_servers: [server.server_id] };
  const { execution_id } = await admin.call("startExecution", { body });
  await admin.call("cancelExecution", { params: { execution_id } });
  await eventually(() => got.length === 2, "both have been told", 20_000);

  const { public_key } = await viewer.call("getPushKey");
  const point = Buffer.from(public_key, "base64url");
  const [x = "", y = ""] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const key = await importJWK({ kty: "EC", crv: "P-256", x, y }, "ES256");
  for (const browser of browsers) {
    const { headers, body: sealed } = got.find(({ path }) => browser.endpoint.endsWith(path)) ?? got[0] ?? fail();
    expect(browser.decrypt(sealed)).toMatchObject({
      event: "execution.cancelled",
      severity: "info",
      title: "shell_command was cancelled",
      text: expect.stringContaining(execution_id),
      page: `/executions/${execution_id}`,
    });
    const [, proof = "", k] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(headers.authorization ?? "") ?? [];
    expect(k).toBe(public_key);
    const { payload } = await jwtVerify(proof, key, { audience: origin });
    expect(payload.exp).toBeLessThan(Date.now() / 1_000 + 86_400);
    expect(headers).toMatchObject({
      "content-encoding": "aes128gcm",
      ttl: "86400",
      topic: expect.stringMatching(/^\w{32}$/),
    });
  }
  const [row] = await installation.rows("select s::text, encode(sealed, 'escape') from push_subscriptions s", "*");
  expect(JSON.stringify(row)).not.toContain(origin);
});

function fail(): never {
  throw new Error("nothing has arrived");
}

test("a browser is told no more when it is gone, when its user says so, or may no longer log in", async () => {
  const account = await admin.call("createAccount", { body: { username: "zoe", password: "a long password" } });
  const credentials = { username: "zoe", password: "a long password" };
  const { access_token } = await admin.call("logIn", { body: credentials });
  const viewer = await installation.client(url, "viewer");
  const subscribe = async (as: typeof viewer, name: string) =>
    (await as.call("subscribePush", { body: new Browser(name).subscription })).subscription_id;
  await subscribe(createClient({ url, token: access_token }), "of-zoe");
  const own = await subscribe(viewer, "of-viewer");
  expect(await subscribe(viewer, "gone")).not.toBe(own);
  const params = { channel_id: await channel() };
  const told = async () => {
    got.length = 0;
    expect(await admin.call("testChannel", { params })).toEqual({ sent: true, error: null });
    return got.map(({ path }) => path).toSorted();
  };
  expect(await told()).toEqual(["/gone", "/of-viewer", "/of-zoe"]);
  answers.set("/gone", 410);
  await told();
  expect(await told()).toEqual(["/of-viewer", "/of-zoe"]);
  await admin.call("testChannel", { params: { channel_id: await channel(["zoe"]) } });
  expect(got.at(-1)?.path).toBe("/of-zoe");
  answers.set("/of-viewer", 500);
  expect(await admin.call("testChannel", { params })).toMatchObject({
    sent: false,
    error: expect.stringContaining("1 of 2 browsers"),
  });
  await expect(admin.call("unsubscribePush", { params: { subscription_id: own } })).rejects.toThrow("of yours");
  await viewer.call("unsubscribePush", { params: { subscription_id: own } });
  await admin.call("deleteAccount", { params: { account_id: account.account_id } });
  expect(await told()).toEqual([]);
});

test("nothing is sent to an internal address, whatever a browser says is its push service", async () => {
  installation.with = { notifyNetworks: [] };
  const other = await installation.start();
  const careful = await installation.client(other.url);
  await careful.call("subscribePush", { body: new Browser("inside").subscription });
  const params = { channel_id: await channel() };
  expect(await careful.call("testChannel", { params })).toMatchObject({
    sent: false,
    error: expect.stringContaining("is an internal address"),
  });
  expect(got).toEqual([]);
  await other.stop();
});

test("a subscription that no browser makes is refused", async () => {
  const { subscription } = new Browser("odd");
  for (const body of [
    { ...subscription, endpoint: "file:///etc/passwd" },
    { ...subscription, endpoint: "" },
    { ...subscription, keys: { ...subscription.keys, auth: "c2hvcnQ" } },
    { ...subscription, keys: { ...subscription.keys, p256dh: "c2hvcnQ" } },
    { ...subscription, keys: { ...subscription.keys, p256dh: `B${"A".repeat(86)}` } },
  ]) {
    await expect(admin.call("subscribePush", { body })).rejects.toThrow("the request has");
  }
});
