import { freePort } from "@homeslice/cli/process/freePort.ts";
import { afterAll, expect } from "vitest";
import { z } from "zod";
import { IdentityProvider } from "../../doubles/identityProvider.ts";
import { Visitor } from "../../support/browser.ts";
import { Installation } from "./harness.ts";

const Session = z.object({
  caller: z.object({ subject: z.string(), role: z.string(), tenant: z.string() }).nullable(),
});

/** An installation that people log in to by an identity provider of its own, for the tests of one file. */
export async function startWithProvider() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const provider = await IdentityProvider.start(url);
  afterAll(() => provider.stop());
  Object.assign(provider.groups, {
    ada: ["admins"],
    eve: [],
    max: ["viewers", "operators"],
    ada2: ["theirs", "admins"],
  });
  const installation = await Installation.create();
  afterAll(() => installation.destroy());
  installation.with = {
    port,
    publicUrl: new URL(url),
    trustedProxies: ["127.0.0.1"],
    oidc: {
      issuer: new URL(provider.issuer),
      clientId: provider.clientId,
      clientSecret: provider.clientSecret,
      roles: {
        viewers: { tenant: "default", role: "viewer" },
        operators: { tenant: "default", role: "operator" },
        admins: { tenant: "default", role: "admin" },
        theirs: { tenant: "theirs", role: "viewer" },
      },
    },
  };
  await installation.start();

  /** Logs in up to the address with which the browser comes back. */
  const cameBack = (visitor: Visitor, name: string, query = "") =>
    visitor.logIn(`${url}/auth/login${query}`, name, "/auth/callback");

  const loggedIn = async (name: string, query = ""): Promise<Visitor> => {
    const visitor = new Visitor();
    const response = await visitor.request(await cameBack(visitor, name, query));
    expect(response.status).toBe(302);
    return visitor;
  };

  const whois = async (visitor: Visitor) =>
    Session.parse(await (await visitor.request(`${url}/auth/session`)).json()).caller;

  return { installation, provider, url, cameBack, loggedIn, whois };
}
