import type { Config } from "@homeslice/config";

/** Ports of the container, by the names of Traefik's entry points. */
export const PORTS = { web: 8000, websecure: 8443, metrics: 8082, ping: 8080 } as const;

/** Where the volume of ACME is. */
export const ACME_DIRECTORY = "/data";

/** The resolver that gets certificates by ACME. */
export const RESOLVER = "acme";

/** Directory that Traefik looks for plugins in: below the one that it works in. */
export const PLUGINS = "plugins-local";

/** The plugin in components/traefik/ban, by its Go module. */
export const BAN = { name: "ban", module: "homeslice/ban" } as const;

/** What every request to a service passes first. */
function firstMiddlewares({ ban }: Config["traefik"]): string[] {
  const names = ["no-identity", "security-headers", ...(ban.enabled ? ["ban"] : []), "rate-limit", "compression"];
  return names.map((name) => `${name}@file`);
}

export interface StaticArgs {
  readonly settings: Config["traefik"];
  readonly acme: Config["tls"]["acme"];
  readonly namespace: string;
  readonly ingressClass: string;
  /** The Service whose address the Ingresses report as theirs. */
  readonly publishedService: string;
  readonly dynamicDirectory: string;
}

/** What Traefik has to know before it starts. */
export function staticConfiguration(args: StaticArgs) {
  return {
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: "INFO", format: "json" },
    accessLog: accessLog(),
    ping: { entryPoint: "ping" },
    metrics: { prometheus: metrics(args.settings) },
    ...(args.settings.ban.enabled && { experimental: plugins }),
    entryPoints: entryPoints(args.settings),
    providers: {
      file: { directory: args.dynamicDirectory, watch: false },
      kubernetesIngress: {
        namespaces: [args.namespace],
        ingressClass: args.ingressClass,
        // The Services beside the Ingresses name the real ones, which are in other namespaces.
        allowExternalNameServices: true,
        ingressEndpoint: { publishedService: `${args.namespace}/${args.publishedService}` },
      },
    },
    ...(args.acme && { certificatesResolvers: { [RESOLVER]: { acme: resolver(args.acme) } } }),
  };
}

/** With the ban, a route of ours leads to the measurements, which adds those of the ban. */
function metrics({ ban }: Config["traefik"]) {
  return { entryPoint: "metrics", addRoutersLabels: true, ...(ban.enabled && { manualRouting: true }) };
}

/** Nothing is downloaded. An edge whose plugin does not load never becomes ready, and the one before it stays. */
const plugins = { localPlugins: { [BAN.name]: { moduleName: BAN.module } }, abortOnPluginFailure: true };

function entryPoints(settings: Config["traefik"]) {
  const { trustedProxies, http3 } = settings;
  // Programs behind the edge may take X_Auth_User and X.Auth.User for X-Auth-User: such names are never needed.
  const aliasHeadersStrategy = "delete";
  const forwardedHeaders = { trustedIPs: trustedProxies };
  const redirections = { entryPoint: { to: ":443", scheme: "https", permanent: true } };
  return {
    web: { address: `:${PORTS.web}`, forwardedHeaders, http: { redirections, aliasHeadersStrategy } },
    websecure: {
      address: `:${PORTS.websecure}`,
      asDefault: true,
      forwardedHeaders,
      http: { tls: {}, middlewares: firstMiddlewares(settings), aliasHeadersStrategy },
      ...(http3 && { http3: { advertisedPort: 443 } }),
      transport: { lifeCycle: { requestAcceptGraceTimeout: "5s", graceTimeOut: "20s" } },
    },
    metrics: { address: `:${PORTS.metrics}`, http: { aliasHeadersStrategy } },
    ping: { address: `:${PORTS.ping}`, http: { aliasHeadersStrategy } },
  };
}

/** One line of JSON for each request, without what may hold a secret: headers, and addresses with their query. */
function accessLog() {
  const dropped = ["RequestPath", "RequestLine", "ClientUsername"];
  return {
    format: "json",
    fields: {
      defaultMode: "keep",
      names: Object.fromEntries(dropped.map((field) => [field, "drop"])),
      headers: { defaultMode: "drop", names: { "User-Agent": "keep" } },
    },
  };
}

function resolver({ email, provider, staging }: NonNullable<Config["tls"]["acme"]>) {
  const server = staging ? "acme-staging-v02" : "acme-v02";
  return {
    email,
    storage: `${ACME_DIRECTORY}/acme.json`,
    caServer: `https://${server}.api.letsencrypt.org/directory`,
    keyType: "EC256",
    // The cluster's own name servers are asked: the way to any others is closed.
    dnsChallenge: { provider, propagation: { disableANSChecks: true } },
  };
}
