import { randomBytes } from "node:crypto";
import {
  type Client,
  ClientError,
  createClient,
  deriveKey,
  encodePublicKey,
  generateKeyPair,
} from "@homeslice/protocol";
import { type JWTHeaderParameters, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Installation } from "./harness.ts";

const installationSecret = randomBytes(32).toString("base64url");
const password = "correct horse battery";

let installation: Installation;
let url: string;
let admin: Client;
let anyone: Client;

beforeAll(async () => {
  installation = await Installation.create();
  installation.with = { bootstrap: installationSecret };
  ({ url } = await installation.start());
  admin = await installation.client(url);
  anyone = createClient({ url });
});

afterAll(async () => await installation.destroy());

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (caught) => caught,
  );
  return error instanceof ClientError ? error.problem.code : "done";
}

const whoAmI = async (token: string) => await codeOf(createClient({ url, token }).call("whoAmI"));

describe("bootstrap", () => {
  const body = { username: "first", password };

  test("makes one admin by the one-time secret, and never another", async () => {
    const wrong = { ...body, secret: randomBytes(32).toString("base64url") };
    expect(await codeOf(anyone.call("bootstrap", { body: wrong }))).toBe("not_authenticated");
    const right = { body: { ...body, secret: installationSecret } };
    const all = await Promise.all(Array.from({ length: 5 }, () => codeOf(anyone.call("bootstrap", right))));
    expect(all.toSorted()).toEqual(["done", ...Array.from({ length: 4 }, () => "not_authenticated")]);
    const { items } = await admin.call("listAccounts");
    expect(items.map(({ username, role }) => [username, role])).toEqual([["first", "admin"]]);
  });

  test("does not happen again when all accounts were deleted", async () => {
    const { items } = await admin.call("listAccounts");
    for (const { account_id } of items) await admin.call("deleteAccount", { params: { account_id } });
    const again = { ...body, secret: installationSecret };
    expect(await codeOf(anyone.call("bootstrap", { body: again }))).toBe("not_authenticated");
  });
});

async function account(username: string, role: "viewer" | "operator" | "admin" = "operator") {
  return await admin.call("createAccount", { body: { username, password, role } });
}

describe("a local account", () => {
  test("logs in, and its tokens say who it is", async () => {
    await account("ada");
    const { access_token, expires_in } = await anyone.call("logIn", { body: { username: "ada", password } });
    expect(expires_in).toBe(900);
    expect(await createClient({ url, token: access_token }).call("whoAmI")).toEqual({
      subject: "ada",
      role: "operator",
      tenant: "default",
    });
  });

  test("has its password stored as argon2id, and in no answer and no entry of the audit log", async () => {
    const created = await account("stored");
    expect(JSON.stringify(created)).not.toContain(password);
    const rows = await installation.rows("select password_hash from accounts where username = 'stored'", "*");
    expect(String(rows[0]?.["password_hash"])).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const params = { account_id: created.account_id };
    await admin.call("changeAccount", { params, body: { password: `${password} too` } });
    expect(JSON.stringify((await admin.call("listAudit")).items)).not.toContain(password);
  });

  test("is refused with the same words, whatever was wrong", async () => {
    const { account_id } = await account("disabled");
    await admin.call("changeAccount", { params: { account_id }, body: { disabled: true } });
    const attempts = [
      { username: "disabled", password },
      { username: "nobody", password },
      { username: "' or 1=1 --", password },
    ];
    const answers = await Promise.all(
      attempts.map(async (body) => await anyone.call("logIn", { body }).catch((error: ClientError) => error.problem)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: "not_authenticated" });
  });

  test("may be tried five times a minute from one place; then it is closed for longer and longer", async () => {
    await account("guessed");
    const attempt = (given: string) => codeOf(anyone.call("logIn", { body: { username: "guessed", password: given } }));
    const codes: string[] = [];
    for (let index = 0; index < 7; index++) codes.push(await attempt(`wrong ${index} wrong`));
    expect(codes).toEqual([
      ...Array.from({ length: 5 }, () => "not_authenticated"),
      ...Array.from({ length: 2 }, () => "too_many_requests"),
    ]);
    // From elsewhere, the right password does not help either: an attacker with many addresses gets no further.
    await installation.query(
      "update accounts set failed_logins = 12, retry_at = now() + interval '1 minute' where username = 'ada'",
    );
    expect(await codeOf(anyone.call("logIn", { body: { username: "ada", password } }))).toBe("not_authenticated");
    await installation.query("update accounts set retry_at = now() where username = 'ada'");
    expect(await codeOf(anyone.call("logIn", { body: { username: "ada", password } }))).toBe("done");
    const [row] = await installation.rows("select failed_logins from accounts where username = 'ada'", "*");
    expect(row).toEqual({ failed_logins: 0 });
  });

  test.each([
    [
      "changed",
      async (account_id: string) =>
        await admin.call("changeAccount", { params: { account_id }, body: { role: "viewer" } }),
    ],
    ["deleted", async (account_id: string) => await admin.call("deleteAccount", { params: { account_id } })],
  ])("S47: that was %s has to log in anew", async (name, change) => {
    const { account_id } = await account(`was-${name}`);
    const { refresh_token } = await anyone.call("logIn", { body: { username: `was-${name}`, password } });
    await change(account_id);
    expect(await codeOf(anyone.call("refreshTokens", { body: { refresh_token } }))).toBe("not_authenticated");
  });
});

describe("a refresh token", () => {
  test("is good once, and used twice it ends all that came of its login", async () => {
    await account("refreshed");
    const first = await anyone.call("logIn", { body: { username: "refreshed", password } });
    const second = await anyone.call("refreshTokens", { body: { refresh_token: first.refresh_token } });
    expect(await whoAmI(second.access_token)).toBe("done");
    expect(await codeOf(anyone.call("refreshTokens", { body: { refresh_token: first.refresh_token } }))).toBe(
      "not_authenticated",
    );
    expect(await codeOf(anyone.call("refreshTokens", { body: { refresh_token: second.refresh_token } }))).toBe(
      "not_authenticated",
    );
    const { items } = await admin.call("listAudit", { query: { event_type: "refresh.reused" } });
    expect(items).toMatchObject([{ resource: { name: "refreshed" }, result: { success: false } }]);
  });

  test("makes one pair, however many ask at the same time", async () => {
    await account("raced");
    const { refresh_token } = await anyone.call("logIn", { body: { username: "raced", password } });
    const race = Array.from({ length: 6 }, () => codeOf(anyone.call("refreshTokens", { body: { refresh_token } })));
    expect((await Promise.all(race)).filter((code) => code === "done")).toHaveLength(1);
  });

  test("is over when it was revoked or is old, and stored as a hash", async () => {
    await account("leaver");
    const { refresh_token } = await anyone.call("logIn", { body: { username: "leaver", password } });
    const stored = await installation.rows("select encode(token_hash, 'escape') as hash from refresh_tokens", "*");
    expect(JSON.stringify(stored)).not.toContain(refresh_token);
    await anyone.call("revokeTokens", { body: { refresh_token } });
    expect(await codeOf(anyone.call("refreshTokens", { body: { refresh_token } }))).toBe("not_authenticated");
    const old = await anyone.call("logIn", { body: { username: "leaver", password } });
    await installation.query("update refresh_tokens set expires_at = now() - interval '1 second'");
    expect(await codeOf(anyone.call("refreshTokens", { body: { refresh_token: old.refresh_token } }))).toBe(
      "not_authenticated",
    );
  });
});

describe("the token of a program", () => {
  test("is shown once, does what it may until it is revoked, and is listed without its secret", async () => {
    const { token, token_id } = await admin.call("createApiToken", { body: { name: "backup", role: "viewer" } });
    const program = createClient({ url, token });
    expect(await program.call("whoAmI")).toMatchObject({ subject: "token backup", role: "viewer", tenant: "default" });
    expect(await codeOf(program.call("registerServer", { body: { hostname: "a" } }))).toBe("not_permitted");
    const { items } = await admin.call("listApiTokens");
    expect(items).toMatchObject([{ token_id, name: "backup", last_used_at: expect.any(String) }]);
    expect(JSON.stringify(items)).not.toContain(token);
    await admin.call("revokeApiToken", { params: { token_id } });
    expect(await whoAmI(token)).toBe("not_authenticated");
  });

  test("may be limited to some of its role's permissions, and never exceeds them", async () => {
    const body = { name: "narrow", role: "admin" as const, permissions: ["tokens:manage" as const] };
    const { token } = await admin.call("createApiToken", { body });
    const program = createClient({ url, token });
    expect(await codeOf(program.call("listServers"))).toBe("not_permitted");
    const wider = { name: "wider", role: "admin" as const };
    expect(await codeOf(program.call("createApiToken", { body: wider }))).toBe("not_permitted");
    expect(await codeOf(program.call("createApiToken", { body: { ...wider, permissions: ["audit:read"] } }))).toBe(
      "not_permitted",
    );
    expect(await codeOf(program.call("createApiToken", { body: { ...body, name: "as narrow" } }))).toBe("done");
  });

  test("is over when its time is", async () => {
    const { token } = await admin.call("createApiToken", { body: { name: "old", expires_in_days: 1 } });
    await installation.query("update api_tokens set expires_at = now() - interval '1 second' where name = 'old'");
    expect(await whoAmI(token)).toBe("not_authenticated");
  });
});

describe("S37: a token that is not quite ours gets nobody in", () => {
  const now = Math.floor(Date.now() / 1_000);
  const good = {
    iss: "homeslice",
    aud: "homeslice-api",
    sub: "eve",
    iat: now,
    exp: now + 60,
    role: "admin",
    tenant: "default",
  };
  const header = { alg: "HS256", typ: "at+jwt" };

  async function forge(
    claims: object,
    protectedHeader: JWTHeaderParameters = header,
    key?: Uint8Array,
  ): Promise<string> {
    const signer = key ?? deriveKey(installation.secret, "api-tokens");
    return await new SignJWT({ ...claims }).setProtectedHeader(protectedHeader).sign(signer);
  }

  const unsigned = (fields: object, claims: object = good) => {
    const [head, body] = [fields, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    return `${head}.${body}.`;
  };

  test("the one that they are all made from is good", async () => expect(await whoAmI(await forge(good))).toBe("done"));

  test.each<[string, () => Promise<string>]>([
    ["alg none", async () => unsigned({ alg: "none", typ: "at+jwt" })],
    ["alg None", async () => unsigned({ alg: "None", typ: "at+jwt" })],
    [
      "HS256 by the public key that signs jobs",
      async () => await forge(good, header, Buffer.from(encodePublicKey(generateKeyPair().publicKey))),
    ],
    ["HS256 by the secret of the installation itself", async () => await forge(good, header, installation.secret)],
    ["HS256 by the key for jobs", async () => await forge(good, header, deriveKey(installation.secret, "job-signing"))],
    ["an empty key by kid", async () => await forge(good, { ...header, kid: "../../dev/null" }, Buffer.alloc(32))],
    [
      "HS512",
      async () =>
        await forge(
          good,
          { ...header, alg: "HS512" },
          Buffer.concat([deriveKey(installation.secret, "api-tokens"), Buffer.alloc(32)]),
        ),
    ],
    ["another typ", async () => await forge(good, { ...header, typ: "JWT" })],
    ["a crit header", async () => unsigned({ ...header, crit: ["exp"] })],
    ["another audience", async () => await forge({ ...good, aud: "homeslice-agent" })],
    ["another issuer", async () => await forge({ ...good, iss: "https://evil.test" })],
    ["over for a second", async () => await forge({ ...good, exp: now - 1 })],
    ["not begun", async () => await forge({ ...good, nbf: now + 60 })],
    ["without an end", async () => await forge({ ...good, exp: undefined })],
    ["without a subject", async () => await forge({ ...good, sub: undefined })],
    ["an unknown role", async () => await forge({ ...good, role: "root" })],
    ["a role of another type", async () => await forge({ ...good, role: ["admin"] })],
    ["the tenant that stands for all", async () => await forge({ ...good, tenant: "*" })],
    ["no tenant", async () => await forge({ ...good, tenant: undefined })],
    [
      "altered claims",
      async () =>
        (await forge(good)).replace(
          /\.(.*)\./,
          `.${Buffer.from(JSON.stringify({ ...good, sub: "root" })).toString("base64url")}.`,
        ),
    ],
    ["cut short", async () => (await forge(good)).slice(0, -1)],
    ["a prefix of a program's token", async () => "hst_"],
    ["a refresh token", async () => `hsr_${randomBytes(32).toString("base64url")}`],
  ])("%s", async (_name, make) => expect(await whoAmI(await make())).toBe("not_authenticated"));
});
