import { createRemoteJWKSet, jwtVerify } from "jose";
import * as client from "openid-client";
import { z } from "zod";
import type { OidcSettings } from "../settings.ts";

const SCOPE = "openid profile email";
const TIMEOUT_SECONDS = 10;
/** What the identity provider may say of its clock being ahead or behind, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;
const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** What a login under way has to remember until the browser is back. */
export const PendingLogin = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  tenant: z.string().optional(),
  next: z.string(),
});
export type PendingLogin = z.infer<typeof PendingLogin>;

const Claims = z.object({
  sub: z.string().min(1),
  sid: z.string().optional(),
  preferred_username: z.string().min(1).max(200).optional(),
  groups: z.array(z.string()).optional(),
});

const LogoutClaims = z.object({
  sub: z.string().optional(),
  sid: z.string().optional(),
  nonce: z.undefined().optional(),
  events: z.object({ [LOGOUT_EVENT]: z.object({}) }),
});

/** Whom the identity provider let in. */
export interface Person {
  readonly sub: string;
  readonly sid: string | undefined;
  readonly name: string;
  readonly groups: readonly string[];
}

/**
 * The identity provider: OpenID Connect with code and PKCE. What it publishes is read anew for each login, so that a
 * change of its keys or addresses needs no restart; while it is down nobody logs in, and who is in stays in.
 */
export class Provider {
  readonly #settings: OidcSettings;
  readonly #redirectUri: string;
  readonly #home: string;

  /** @param publicUrl where browsers reach the orchestrator */
  constructor(settings: OidcSettings, publicUrl: URL) {
    this.#settings = settings;
    this.#redirectUri = new URL("/auth/callback", publicUrl).href;
    this.#home = new URL("/", publicUrl).href;
  }

  /** Where the browser is to go to log in, and what to remember meanwhile. @throws when the provider does not answer */
  async begin(next: string, tenant: string | undefined): Promise<{ url: string; pending: PendingLogin }> {
    const configuration = await this.#discover();
    const pending = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      next,
      ...(tenant !== undefined && { tenant }),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri,
      scope: SCOPE,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: "S256",
    });
    return { url: url.href, pending };
  }

  /** Who came back, proven by state, nonce, PKCE, issuer, audience and signature. @throws when anything does not fit */
  async finish(query: URLSearchParams, { state, nonce, verifier }: PendingLogin): Promise<Person> {
    const configuration = await this.#discover();
    const url = new URL(this.#redirectUri);
    url.search = query.toString();
    const tokens = await client.authorizationCodeGrant(configuration, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = Claims.parse(tokens.claims());
    // Some providers tell groups in the ID token, others only when they are asked.
    const more =
      claims.groups === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
        ? Claims.parse(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub))
        : claims;
    const name = claims.preferred_username ?? more.preferred_username ?? claims.sub;
    return { sub: claims.sub, sid: claims.sid, name, groups: more.groups ?? [] };
  }

  /** Where the browser is to go to be logged out there too; undefined when the provider offers or answers nothing. */
  async logoutUrl(): Promise<string | undefined> {
    try {
      const configuration = await this.#discover();
      return client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: this.#home }).href;
    } catch {
      // Logging out here does not depend on the provider.
      return undefined;
    }
  }

  /** Whose session the provider says is over (back-channel logout). @throws when the token is not its own */
  async verifyLogoutToken(token: string): Promise<{ sub?: string | undefined; sid?: string | undefined }> {
    const { jwks_uri, issuer } = (await this.#discover()).serverMetadata();
    if (jwks_uri === undefined) throw new Error("the identity provider publishes no keys");
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)), {
      issuer,
      audience: this.#settings.clientId,
      maxTokenAge: "2 minutes",
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ["jti"],
    });
    const { sub, sid } = LogoutClaims.parse(payload);
    if (sub === undefined && sid === undefined) throw new Error("the token names nobody");
    return { sub, sid };
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const authentication = client.ClientSecretBasic(clientSecret);
    const metadata = { [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS };
    const insecure = issuer.protocol === "http:" ? [client.allowInsecureRequests] : [];
    return await client.discovery(issuer, clientId, metadata, authentication, {
      timeout: TIMEOUT_SECONDS,
      execute: [...insecure, client.enableNonRepudiationChecks],
    });
  }
}
