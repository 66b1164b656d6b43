import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Deployed, deploy, type Registered } from "../components/deploy.ts";
import { rendered } from "../components/rendered.ts";
import { IdentityProvider } from "../doubles/identityProvider.ts";
import { Visitor } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";

// The orchestrator as a stack configures it, and its client as it is registered in Authentik: where the rendered values name
// places in the cluster, this machine takes their place, and nothing else is changed.

const PUBLIC = "https://orchestrator.home.example.org";
const IN_CLUSTER = "http://orchestrator.homeslice-prod.svc:8080";
const ISSUER = "https://auth.home.example.org";

const clientSchema = z.object({
  clientId: z.string(),
  redirectUris: z.array(z.object({ url: z.string(), redirectUriType: z.string().default("authorization") })),
  logoutUri: z.string(),
});

let dir: string;
let database: TestDatabase;
let provider: IdentityProvider;
let url: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "homeslice-login-"));
  database = await createTestDatabase();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const deployed = await deploy("prod", { "homeslice:domain": "home.example.org" });
  const clientSecret = randomBytes(24).toString("hex");
  provider = await IdentityProvider.for({ ...registered(deployed), clientSecret }, "/application/o/orchestrator/");
  Object.assign(provider.groups, { ada: ["homeslice-operators", "homeslice-viewers"], eve: ["neighbours"] });

  const local = { HOMESLICE_PORT: `${port}`, HOMESLICE_HOST: "127.0.0.1", HOMESLICE_REDIS_HOST: undefined };
  const secrets = {
    HOMESLICE_DATABASE_PASSWORD_FILE: database.password,
    HOMESLICE_OIDC_CLIENT_SECRET_FILE: clientSecret,
  };
  const envOf = (resource: Registered) => ({ ...environment(resource, secrets), ...local });
  const [migrated] = await once(run("migrate", envOf(deployed.find("Job", "orchestrator-migrate-job"))), "exit");
  expect(migrated).toBe(0);
  const serving = run("serve", envOf(deployed.find("Deployment", "orchestrator-blue-deployment")));
  ends.push(async () => {
    serving.kill();
    await once(serving, "exit");
  });
  await eventually(
    async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true,
    "it is ready",
    15_000,
  );
}, 60_000);

afterAll(async () => {
  for (const end of ends) await end();
  await provider.stop();
  await database.drop();
  rmSync(dir, { recursive: true });
});

/** The client as the program registers it. */
function registered({ find }: Deployed) {
  const { clientId, redirectUris, logoutUri } = clientSchema.parse(
    find("OAuth2Provider", "sso-orchestrator-client").inputs,
  );
  const ofType = (type: string) =>
    redirectUris.filter(({ redirectUriType }) => redirectUriType === type).map((uri) => uri.url);
  return {
    clientId,
    redirectUris: ofType("authorization"),
    loggedOutUris: ofType("logout"),
    logoutUri: logoutUri.replace(IN_CLUSTER, url),
  };
}

/** The environment of the only container, with files of a folder of this test. */
function environment(resource: Registered, secrets: Readonly<Record<string, string>>): Record<string, string> {
  const [container] = rendered(resource).containers;
  const { host, port, user, database: name } = database;
  const values = (container?.env ?? []).map(({ name: variable, value = "" }): [string, string] => {
    if (!variable.endsWith("_FILE")) return [variable, value.replace(ISSUER, provider.origin)];
    const path = join(dir, value);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, secrets[variable] ?? "s".repeat(48), { mode: 0o600 });
    return [variable, path];
  });
  return {
    ...Object.fromEntries(values),
    HOMESLICE_DATABASE_HOST: host,
    HOMESLICE_DATABASE_PORT: `${port}`,
    HOMESLICE_DATABASE_USER: user,
    HOMESLICE_DATABASE_NAME: name,
  };
}

function run(command: "migrate" | "serve", env: Readonly<Record<string, string | undefined>>) {
  return spawn(process.execPath, ["apps/orchestrator/main.ts", command], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

const sessionSchema = z.object({ caller: z.object({ subject: z.string(), role: z.string() }).nullable() });

async function callerOf(visitor: Visitor) {
  return sessionSchema.parse(await (await visitor.request(`${url}/auth/session`)).json()).caller;
}

/** Logs in, and comes back to where the identity provider says. */
async function cameBack(name: string) {
  const visitor = new Visitor();
  const address = await visitor.logIn(`${url}/auth/login`, name, "/auth/callback");
  expect(new URL(address).origin).toBe(PUBLIC);
  return { visitor, response: await visitor.request(address.replace(PUBLIC, url)) };
}

test("people get the role of their groups, and those of no group are refused", async () => {
  const { visitor, response } = await cameBack("ada");
  expect(response.status).toBe(302);
  expect(await callerOf(visitor)).toEqual({ subject: "ada", role: "operator" });
  expect((await cameBack("eve")).response.status).toBe(403);
});

test("whoever logs out is sent on to end the session at the identity provider, which then knows the way back", async () => {
  const { visitor } = await cameBack("ada");
  const headers = { "x-homeslice-request": "1", origin: PUBLIC };
  const answer = await visitor.request(`${url}/auth/logout`, { method: "POST", headers });
  const { redirect } = z.object({ redirect: z.string() }).parse(await answer.json());
  expect(await callerOf(visitor)).toBeNull();
  expect(new URL(redirect).searchParams.get("post_logout_redirect_uri")).toBe(`${PUBLIC}/`);
  expect((await visitor.request(redirect)).status).toBe(200);
});

test("whoever logs out at the identity provider is logged out here", async () => {
  const { visitor } = await cameBack("ada");
  const page = await visitor.request(`${provider.issuer}session/end`);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? "";
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams({ xsrf, logout: "yes" }).toString();
  await visitor.request(`${provider.issuer}session/end/confirm`, { method: "POST", headers, body });
  await eventually(async () => (await callerOf(visitor)) === null, "the session is over");
});
