import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { SignJWT } from "jose";
import Provider from "oidc-provider";

/** Paths of the provider that a test may let answer something else. */
type Answer = { readonly status: number; readonly body: string };

/** A client as it is registered. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: string[];
  readonly loggedOutUris: string[];
  /** Where it is told of logouts. */
  readonly logoutUri: string;
}

/** The orchestrator, where browsers reach it. */
const orchestratorAt = (home: string): Registration => ({
  clientId: "homeslice",
  clientSecret: randomUUID(),
  redirectUris: [`${home}/auth/callback`],
  loggedOutUris: [`${home}/`],
  logoutUri: `${home}/auth/backchannel-logout`,
});

/** A real OpenID Connect provider, `oidc-provider`: whoever gives a name is let in by it; their groups are what the test says. */
export class IdentityProvider {
  /** The groups of each person. */
  readonly groups: Record<string, string[]> = {};
  /** What is answered at a path instead. */
  readonly instead = new Map<string, Answer>();
  readonly #server: Server;
  readonly #client: Registration;
  readonly #path: string;
  #handle: ReturnType<Provider["callback"]> | undefined;
  #signing: { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined;

  private constructor(server: Server, client: Registration, path: string) {
    this.#server = server;
    this.#client = client;
    this.#path = path;
    server.on("request", (request, response) => {
      const answer = this.instead.get(new URL(request.url ?? "/", "http://localhost").pathname);
      if (answer === undefined) return this.#serve(request, response);
      response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
    });
  }

  /** @param home where the orchestrator is reached by browsers */
  static start(home: string): Promise<IdentityProvider> {
    return IdentityProvider.for(orchestratorAt(home));
  }

  /** @param path of the issuer, with a slash at its end */
  static async for(client: Registration, path = ""): Promise<IdentityProvider> {
    const provider = new IdentityProvider(createServer(), client, path);
    await provider.listen(0);
    provider.rotateKeys();
    return provider;
  }

  get clientId(): string {
    return this.#client.clientId;
  }

  get clientSecret(): string {
    return this.#client.clientSecret;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get issuer(): string {
    return `${this.origin}${this.#path}`;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", () => resolve()));
  }

  /** From now on, it signs with a key that nobody has seen. */
  rotateKeys(): void {
    this.#signing = { kid: randomUUID(), ...generateKeyPairSync("rsa", { modulusLength: 2_048 }) };
    const { kid, privateKey } = this.#signing;
    const key = {
      ...privateKey.export({ format: "jwk" }),
      kty: "RSA" as const,
      kid,
      use: "sig",
      alg: "RS256",
    };
    const provider: Provider = new Provider(this.issuer, {
      jwks: { keys: [key] },
      cookies: { keys: [randomUUID()] },
      claims: { openid: ["sub", "sid"], profile: ["preferred_username", "groups"] },
      conformIdTokenClaims: false,
      features: { backchannelLogout: { enabled: true } },
      // Its own way of calling refuses addresses of this machine.
      fetch: async (url, options) => {
        const { dispatcher: _dispatcher, ...rest } = options ?? {};
        return await fetch(url, rest);
      },
      clients: [
        {
          client_id: this.clientId,
          client_secret: this.clientSecret,
          redirect_uris: this.#client.redirectUris,
          post_logout_redirect_uris: this.#client.loggedOutUris,
          backchannel_logout_uri: this.#client.logoutUri,
          backchannel_logout_session_required: true,
        },
      ],
      findAccount: (_context, id) => ({
        accountId: id,
        claims: async () => ({ sub: id, preferred_username: id, groups: this.groups[id] ?? [] }),
      }),
      loadExistingGrant: async (context) => {
        const accountId = context.oidc.session?.accountId;
        const grant = new provider.Grant({ clientId: this.clientId, ...(accountId !== undefined && { accountId }) });
        grant.addOIDCScope("openid profile email");
        await grant.save();
        return grant;
      },
    });
    this.#handle = provider.callback();
  }

  /** The key by which anybody can check what it signs. */
  get publicKey(): Buffer {
    return Buffer.from(this.#signing?.publicKey.export({ type: "spki", format: "pem" }) ?? "");
  }

  /** A token as it would sign it. @param by the key of somebody else, under the name of its own */
  async sign(claims: object, alg = "RS256", by?: KeyObject | Uint8Array): Promise<string> {
    if (this.#signing === undefined) throw new Error("it has no key");
    const { kid, privateKey } = this.#signing;
    return await new SignJWT({ ...claims }).setProtectedHeader({ alg, kid }).sign(by ?? privateKey);
  }

  /** Below the path of the issuer, it finds its own paths. */
  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { url = "/" } = request;
    const mount = this.#path.replace(/\/$/, "");
    if (mount !== "" && url.startsWith(mount))
      Object.assign(request, { originalUrl: url, url: url.slice(mount.length) });
    void this.#handle?.(request, response);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
