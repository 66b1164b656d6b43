import type { Config } from "@homeslice/config";
import { banMiddlewares, banRouters } from "./ban.ts";
import { RESOLVER } from "./static.ts";

/** What the outpost of Authentik says of whoever is logged in. */
const IDENTITY = [
  "X-authentik-username",
  "X-authentik-groups",
  "X-authentik-entitlements",
  "X-authentik-email",
  "X-authentik-name",
  "X-authentik-uid",
  "X-authentik-jwt",
  "X-authentik-meta-jwks",
  "X-authentik-meta-outpost",
  "X-authentik-meta-provider",
  "X-authentik-meta-app",
  "X-authentik-meta-version",
] as const;

/** Paths of a certificate and its key in the container. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface DynamicArgs {
  readonly settings: Config["traefik"];
  readonly domain: string;
  /** Files of the certificate; left out, it comes by ACME. */
  readonly certificate: CertificateFiles | undefined;
  /** Address that says who is logged in; left out, nothing is behind the sign-on. */
  readonly signOn: string | undefined;
}

/** Middlewares, and how connections are encrypted. Routes are Ingresses. */
export function dynamicConfiguration({ settings, domain, certificate, signOn }: DynamicArgs) {
  const attempts = settings.ban.enabled ? ["login-ban"] : [];
  const generated = { resolver: RESOLVER, domain: { main: domain, sans: [`*.${domain}`] } };
  return {
    tls: {
      options: { default: { minVersion: "VersionTLS12" } },
      stores: {
        default: certificate ? { defaultCertificate: certificate } : { defaultGeneratedCert: generated },
      },
    },
    http: {
      ...(settings.ban.enabled && { routers: banRouters }),
      middlewares: {
        "no-identity": { headers: { customRequestHeaders: Object.fromEntries(IDENTITY.map((name) => [name, ""])) } },
        "security-headers": securityHeaders,
        compression: { compress: {} },
        "rate-limit": rateLimit(settings, settings.rateLimit, "1s"),
        ...(settings.ban.enabled && banMiddlewares(settings)),
        "login-limit": { chain: { middlewares: [...attempts, "login-rate", "login-concurrency"] } },
        "login-rate": rateLimit(settings, settings.loginLimit, "1m"),
        "login-concurrency": { inFlightReq: { amount: 10, sourceCriterion: client(settings) } },
        ...(signOn && { "sign-on": forwardAuth(signOn) }),
      },
    },
  };
}

const securityHeaders = {
  headers: {
    stsSeconds: 31_536_000,
    contentTypeNosniff: true,
    customFrameOptionsValue: "SAMEORIGIN",
    referrerPolicy: "strict-origin-when-cross-origin",
    permissionsPolicy: "camera=(), geolocation=(), microphone=()",
    customResponseHeaders: { Server: "", "X-Powered-By": "" },
  },
};

function rateLimit(settings: Config["traefik"], limit: Config["traefik"]["rateLimit"], period: string) {
  return { rateLimit: { ...limit, period, sourceCriterion: client(settings) } };
}

/** Whom a request counts against: the connection's address, or what trusted proxies say of theirs. */
function client({ trustedProxies }: Config["traefik"]) {
  return { ipStrategy: { ipv6Subnet: 64, ...(trustedProxies.length > 0 && { excludedIPs: trustedProxies }) } };
}

/** The edge itself says for which host and path it asks; what a client says of that counts for nothing. */
function forwardAuth(address: string) {
  return { forwardAuth: { address, trustForwardHeader: false, authResponseHeaders: [...IDENTITY] } };
}
