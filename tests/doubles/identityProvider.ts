import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import Provider from "oidc-provider";

/** Paths of the provider that a test may let answer something else. */
type Answer = { readonly status: number; readonly body: string };

/** A real OpenID Connect provider, `oidc-provider`: whoever gives a name is let in by it; their groups are what the test says. */
export class IdentityProvider {
  readonly clientId = "homeslice";
  readonly clientSecret = randomUUID();
  /** The groups of each person. */
  readonly groups: Record<string, string[]> = {};
  /** What is answered at a path instead. */
  readonly instead = new Map<string, Answer>();
  readonly #server: Server;
  readonly #home: string;
  #handle: ReturnType<Provider["callback"]> | undefined;

  /** @param home where the orchestrator is reached by browsers */
  private constructor(server: Server, home: string) {
    this.#server = server;
    this.#home = home;
    server.on("request", (request, response) => {
      const answer = this.instead.get(new URL(request.url ?? "/", "http://localhost").pathname);
      if (answer === undefined) return void this.#handle?.(request, response);
      response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
    });
  }

  static async start(home: string): Promise<IdentityProvider> {
    const server = createServer();
    const provider = new IdentityProvider(server, home);
    await provider.listen(0);
    provider.rotateKeys();
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
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
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const key = {
      ...privateKey.export({ format: "jwk" }),
      kty: "RSA" as const,
      kid: randomUUID(),
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
          redirect_uris: [`${this.#home}/auth/callback`],
          post_logout_redirect_uris: [`${this.#home}/`],
          backchannel_logout_uri: `${this.#home}/auth/backchannel-logout`,
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

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
