import { freePort } from "@homeslice/cli/process/freePort.ts";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IdentityProvider } from "../../doubles/identityProvider.ts";
import { launchChromium } from "../../support/chromium.ts";
import { debianProgram } from "../../support/debian.ts";
import { Installation } from "./harness.ts";

const program = debianProgram("chromium", "chromium");

describe.skipIf("missing" in program)("in a real browser", () => {
  let installation: Installation;
  let provider: IdentityProvider;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    url = `http://localhost:${await freePort()}`;
    provider = await IdentityProvider.start(url);
    provider.groups["ada"] = ["admins"];
    installation = await Installation.create();
    installation.with = {
      port: Number(new URL(url).port),
      publicUrl: new URL(url),
      oidc: {
        issuer: new URL(provider.issuer),
        clientId: provider.clientId,
        clientSecret: provider.clientSecret,
        roles: { admins: { tenant: "default", role: "admin" } },
      },
    };
    await installation.start();
    browser = await launchChromium("path" in program ? program.path : "");
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await installation?.destroy();
    await provider?.stop();
  });

  /** Logs in by the provider's own form. */
  async function logIn(context: BrowserContext) {
    const page = await context.newPage();
    await page.goto(`${url}/auth/login?next=/auth/session`);
    await page.fill("input[name=login]", "ada");
    await page.fill("input[name=password]", "any");
    await page.click("button[type=submit]");
    await page.waitForURL(`${url}/auth/session`);
    return page;
  }

  test("one logs in, works, follows by WebSocket, and logs out; no script sees a token", async () => {
    const context = await browser.newContext();
    const page = await logIn(context);
    expect(await page.locator("body").innerText()).toContain('"subject":"ada"');
    expect(await page.evaluate("document.cookie + JSON.stringify(localStorage)")).toBe("{}");
    const cookies = await context.cookies(url);
    expect(cookies.map(({ name, httpOnly, secure, sameSite }) => ({ name, httpOnly, secure, sameSite }))).toEqual([
      { name: "__Host-homeslice", httpOnly: true, secure: true, sameSite: "Lax" },
    ]);
    const post = `fetch("/api/v1/servers", { method: "POST", body: '{"hostname":"a"}',
      headers: { "content-type": "application/json", "x-homeslice-request": "1" } }).then((r) => r.status)`;
    expect(await page.evaluate(post)).toBe(201);
    const socket = `new Promise((resolve) => { new WebSocket("${url.replace("http", "ws")}/ws/executions/${crypto.randomUUID()}").onclose = (e) => resolve(e.code); })`;
    expect(await page.evaluate(socket)).toBe(4404);
    const leave = `fetch("/auth/logout", { method: "POST", headers: { "x-homeslice-request": "1" } }).then((r) => r.json())`;
    expect(JSON.stringify(await page.evaluate(leave))).toContain("/session/end");
    expect(await context.cookies(url)).toEqual([]);
    expect(await page.evaluate(`fetch("/api/v1/servers").then((r) => r.status)`)).toBe(401);
    await context.close();
  });

  test("S40, S41: a page of another site can neither change, read, nor follow anything with one's cookie", async () => {
    const context = await browser.newContext();
    await logIn(context);
    // Same host, another port: the same site, so that the cookie would go along, but another origin.
    provider.instead.set("/evil", { status: 200, body: "{}" });
    const evil = await context.newPage();
    await evil.goto(`http://localhost:${provider.port}/evil`);
    const attempt = (init: string) =>
      `fetch("${url}/api/v1/servers", { credentials: "include", ${init} }).then((r) => r.type + r.status, () => "refused")`;
    expect(await evil.evaluate(attempt(""))).toBe("refused");
    const json = `method: "POST", body: '{"hostname":"forged"}', headers: { "content-type": "application/json", "x-homeslice-request": "1" }`;
    expect(await evil.evaluate(attempt(json))).toBe("refused");
    const blind = `method: "POST", mode: "no-cors", body: '{"hostname":"forged"}', headers: { "content-type": "text/plain" }`;
    expect(await evil.evaluate(attempt(blind))).toBe("refused");
    const socket = `new Promise((resolve) => { new WebSocket("${url.replace("http", "ws")}/ws/executions/${crypto.randomUUID()}").onclose = (e) => resolve(e.code); })`;
    expect(await evil.evaluate(socket)).toBe(4401);
    const { items } = await (await installation.client(url)).call("listServers");
    expect(items.map(({ hostname }) => hostname)).not.toContain("forged");
    await context.close();
  });
});
