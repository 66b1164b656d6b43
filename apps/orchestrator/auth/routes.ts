import { ApiError, Credentials, deriveKey, TenantId } from "@homeslice/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { EncryptJWT, jwtDecrypt } from "jose";
import { z } from "zod";
import type { Context } from "../context.ts";
import { actorOf } from "../http/admission.ts";
import type { RateLimits } from "../http/rateLimits/rateLimits.ts";
import type { Limit } from "../http/rateLimits/tokenBuckets.ts";
import type { Settings } from "../settings.ts";
import type { Authentication } from "./authentication.ts";
import { clearCookie, LOGIN_COOKIE, readCookie, SESSION_COOKIE, setCookie } from "./cookies.ts";
import { grantOf } from "./groups.ts";
import { callerOf, type Logins } from "./logins.ts";
import { crossSiteFault } from "./origin.ts";
import { PendingLogin, type Person, Provider } from "./provider.ts";
import { Sessions } from "./sessions.ts";

/** Begun logins, and returns from the identity provider, of one address. */
const LOGINS: Limit = { burst: 60, perSeconds: 60 };
const LOGIN_SECONDS = 600;
/** The browser's own end of a session; the orchestrator's is what counts. */
const SESSION_SECONDS = 12 * 3_600;

const LoginQuery = z.object({ next: z.string().max(2_000).optional(), tenant: TenantId.optional() });
const open = { config: { access: "public" } } as const;

/** What the routes of a browser's login are made of. */
export interface BrowserLogin {
  readonly context: Context;
  readonly settings: Settings;
  readonly authentication: Authentication;
  readonly logins: Logins;
  readonly limits: RateLimits;
}

/** Logging in and out in a browser. Tokens never reach a page: what it gets is a cookie that no script can read. */
export function addBrowserLogin(app: FastifyInstance, parts: BrowserLogin): void {
  const { context, settings, authentication } = parts;
  const sessions = new Sessions(context);
  const provider = settings.oidc && settings.publicUrl ? new Provider(settings.oidc, settings.publicUrl) : undefined;
  addPasswordLogin(app, parts, sessions);
  app.get("/auth/session", open, async (request) => {
    const identity = await authentication.identify(request);
    return { caller: identity?.caller ?? null, login: { provider: provider !== undefined, password: true } };
  });
  app.post("/auth/logout", open, async (request, reply) => {
    refuseCrossSite(request, settings);
    const secret = readCookie(request.headers.cookie, SESSION_COOKIE);
    const ended = secret === undefined ? { byProvider: false } : await sessions.end(secret, actorOf(request));
    if (secret !== undefined) authentication.forget(secret);
    reply.header("set-cookie", clearCookie(SESSION_COOKIE));
    return { redirect: (ended.byProvider && (await provider?.logoutUrl())) || null };
  });
  if (provider === undefined) return;
  addProviderLogin(app, parts, sessions, provider);
  addProviderLogout(app, parts, sessions, provider);
}

function addPasswordLogin(app: FastifyInstance, parts: BrowserLogin, sessions: Sessions): void {
  app.post("/auth/login", open, async (request, reply) => {
    refuseCrossSite(request, parts.settings);
    const credentials = Credentials.safeParse(request.body);
    if (!credentials.success) throw new ApiError("invalid_request", "a username and a password are needed");
    const account = await parts.logins.authenticate(credentials.data, actorOf(request));
    const caller = callerOf(account);
    const secret = await sessions.begin({ caller, accountId: account.account_id }, actorOf(request));
    await endOld(request, parts, sessions);
    return await reply.header("set-cookie", sessionCookie(secret)).send({ caller });
  });
}

function addProviderLogin(app: FastifyInstance, parts: BrowserLogin, sessions: Sessions, provider: Provider): void {
  const { context, settings, limits } = parts;
  const key = deriveKey(settings.secret, "logins");

  app.get("/auth/login", open, async (request, reply) => {
    await limits.demand({ kind: "login", of: request.ip, ...LOGINS });
    const query = LoginQuery.safeParse(request.query);
    if (!query.success) throw new ApiError("invalid_request", "the login cannot begin with these parameters");
    const { next, tenant } = query.data;
    const { url, pending } = await provider.begin(ownPath(next, settings), tenant).catch(notReady(context));
    const sealed = await new EncryptJWT(pending)
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .setExpirationTime(`${LOGIN_SECONDS}s`)
      .encrypt(key);
    return await reply.header("set-cookie", setCookie(LOGIN_COOKIE, sealed, LOGIN_SECONDS)).redirect(url);
  });

  app.get("/auth/callback", open, async (request, reply) => {
    await limits.demand({ kind: "login", of: request.ip, ...LOGINS });
    reply.header("set-cookie", clearCookie(LOGIN_COOKIE));
    const pending = await openPending(readCookie(request.headers.cookie, LOGIN_COOKIE), key);
    const person = pending && (await finish(provider, request, pending, context));
    if (person === undefined) throw await refused(parts, request, "the login was not begun here, or is over");
    const grant = await grantOf(context, person.groups, pending?.tenant);
    if (grant === undefined) throw await refused(parts, request, "no group gives access", person);
    const caller = { subject: person.name, ...grant };
    const secret = await sessions.begin({ caller, provider: person }, actorOf(request));
    await endOld(request, parts, sessions);
    const cookies = [clearCookie(LOGIN_COOKIE), sessionCookie(secret)];
    return await reply.header("set-cookie", cookies).redirect(pending?.next ?? "/");
  });
}

/** The identity provider tells, without a browser, that somebody has logged out there. */
function addProviderLogout(app: FastifyInstance, parts: BrowserLogin, sessions: Sessions, provider: Provider): void {
  app.register((scope, _options, done) => {
    const form = "application/x-www-form-urlencoded";
    scope.addContentTypeParser(form, { parseAs: "string" }, async (_request: unknown, body: string) =>
      Object.fromEntries(new URLSearchParams(body)),
    );
    scope.post("/auth/backchannel-logout", open, async (request, reply) => {
      await parts.limits.demand({ kind: "login", of: request.ip, ...LOGINS });
      const sent = z.object({ logout_token: z.string() }).safeParse(request.body);
      const ended = sent.success && (await provider.verifyLogoutToken(sent.data.logout_token).catch(() => undefined));
      if (!ended) throw new ApiError("invalid_request", "this is no logout token of the identity provider");
      await sessions.endByProvider(ended);
      parts.authentication.forgetAll();
      return await reply.code(200).send();
    });
    done();
  });
}

/** A browser has one session: that of an earlier login ends with the next one. */
async function endOld(request: FastifyRequest, { authentication }: BrowserLogin, sessions: Sessions): Promise<void> {
  const old = readCookie(request.headers.cookie, SESSION_COOKIE);
  if (old === undefined) return;
  await sessions.end(old, actorOf(request));
  authentication.forget(old);
}

async function finish(provider: Provider, request: FastifyRequest, pending: PendingLogin, { log }: Context) {
  try {
    return await provider.finish(new URL(request.url, "http://localhost").searchParams, pending);
  } catch (error) {
    log.warn({ err: error }, "a login failed");
    return undefined;
  }
}

async function openPending(sealed: string | undefined, key: Uint8Array): Promise<PendingLogin | undefined> {
  if (sealed === undefined) return undefined;
  try {
    return PendingLogin.parse((await jwtDecrypt(sealed, key, { requiredClaims: ["exp"] })).payload);
  } catch {
    return undefined;
  }
}

async function refused({ context }: BrowserLogin, request: FastifyRequest, reason: string, person?: Person) {
  const resource = { type: "account", id: person?.sub ?? null, ...(person && { name: person.name }) } as const;
  await context.refusals.record({ event_type: "login.refused", actor: actorOf(request), resource, reason });
  return person === undefined
    ? new ApiError("not_authenticated", reason, { fix: "begin at /auth/login again" })
    : new ApiError("not_permitted", `${person.name} may not enter: ${reason}`, { fix: "ask for a group that does" });
}

function refuseCrossSite(request: FastifyRequest, { publicUrl }: Settings): void {
  const fault = crossSiteFault(request, publicUrl?.origin);
  if (fault !== undefined) throw new ApiError("not_permitted", `this request is not a page's own: ${fault}`);
}

/** The page to go on at: one of ours, whatever was asked for. */
function ownPath(next: string | undefined, { publicUrl }: Settings): string {
  const url = URL.parse(next ?? "/", publicUrl?.href);
  return url !== null && url.origin === publicUrl?.origin ? `${url.pathname}${url.search}${url.hash}` : "/";
}

function notReady({ log }: Context) {
  return (error: unknown): never => {
    log.warn({ err: error }, "the identity provider does not answer");
    throw new ApiError("not_ready", "the identity provider does not answer", { fix: "try again in a moment" });
  };
}

function sessionCookie(secret: string): string {
  return setCookie(SESSION_COOKIE, secret, SESSION_SECONDS);
}
