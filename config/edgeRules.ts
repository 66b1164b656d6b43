import type { Problem } from "./problems.ts";
import type { Settings } from "./schema.ts";

/** Names of the platform's own services, which a user's service may not take or begin with: their parts are named so. */
export const platformServices: readonly string[] = [
  "agent",
  "alertmanager",
  "authentik",
  "backup",
  "blackbox-exporter",
  "certificates",
  "collector",
  "environment",
  "grafana",
  "homepage",
  "login",
  "loki",
  "node-exporter",
  "objects-exporter",
  "orchestrator",
  "outpost",
  "postgresql",
  "prometheus",
  "redis",
  "routes",
  "sso",
  "traefik",
];

/** Host names of the platform's own services. */
export const platformHosts: readonly string[] = ["alertmanager", "auth", "grafana", "orchestrator", "prometheus"];

/** What lies between the settings of the edge, of certificates and of the user's services. */
export function edgeProblems(settings: Settings): Problem[] {
  return [
    ...oneInstanceWithAcme(settings),
    ...http3NeedsItsPort(settings),
    ...banNeedsTheClient(settings),
    ...Object.keys(settings.services).flatMap(reservedName),
    ...hostsTaken(settings.services),
    ...signOnNeeded(settings),
    ...Object.entries(settings.services).flatMap(([name, service]) => oneInstanceOnAVolume(name, service)),
    ...Object.entries(settings.services).flatMap(([name, service]) => variablesSetTwice(name, service)),
  ];
}

function oneInstanceWithAcme({ tls, traefik }: Settings): Problem[] {
  if (!tls.acme || !traefik.enabled || traefik.replicas === 1) return [];
  const message = `${traefik.replicas} cannot share the certificates that tls.acme keeps on a volume: set it to 1`;
  return [{ path: "traefik.replicas", message }];
}

function http3NeedsItsPort({ traefik: { enabled, http3, serviceType } }: Settings): Problem[] {
  if (!enabled || !http3 || serviceType !== "NodePort") return [];
  const message = "needs the port 443 itself, which traefik.serviceType NodePort does not have: write false";
  return [{ path: "traefik.http3", message }];
}

/** Where the edge sees the address of something before it alone, one client's failures would ban all of them. */
function banNeedsTheClient({ traefik: { enabled, ban, serviceType, trustedProxies } }: Settings): Problem[] {
  if (!enabled || !ban.enabled || serviceType === "LoadBalancer" || trustedProxies.length > 0) return [];
  const message = `needs the addresses of clients, which traefik.serviceType ${serviceType} hides: name the proxy before the edge in traefik.trustedProxies, or write false`;
  return [{ path: "traefik.ban.enabled", message }];
}

function reservedName(name: string): Problem[] {
  const owner = platformServices.find((service) => name === service || name.startsWith(`${service}-`));
  const message = `belongs to the platform's own "${owner}": choose another name`;
  return owner ? [{ path: `services.${name}`, message }] : [];
}

function hostsTaken(services: Settings["services"]): Problem[] {
  const owners = new Map(platformHosts.map((host) => [host, "the platform"]));
  return Object.entries(services).flatMap(([name, { host = name }]) => {
    const owner = owners.get(host);
    owners.set(host, owner ?? `services.${name}`);
    return owner ? [{ path: `services.${name}.host`, message: `"${host}" belongs to ${owner}: choose another` }] : [];
  });
}

function signOnNeeded({ authentik, services }: Settings): Problem[] {
  if (authentik.enabled) return [];
  const guarded = Object.entries(services).filter(([, { access }]) => access === "forward");
  const message = "forward needs Authentik, which is off: write everyone or turn authentik.enabled on";
  return guarded.map(([name]) => ({ path: `services.${name}.access`, message }));
}

function oneInstanceOnAVolume(name: string, { replicas, volume }: Settings["services"][string]): Problem[] {
  if (!volume || replicas === 1) return [];
  return [{ path: `services.${name}.replicas`, message: `${replicas} cannot share one volume: set it to 1` }];
}

/** What the stores that a service uses put into its environment. */
const storeVariables = {
  postgresql: ["DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME", "DATABASE_USER", "DATABASE_PASSWORD_FILE"],
  redis: ["REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD_FILE"],
} as const;

function variablesSetTwice(name: string, service: Settings["services"][string]): Problem[] {
  const { env, secretEnv, secretFiles, uses } = service;
  const owners = new Map<string, string>(uses.flatMap((store) => storeVariables[store].map((key) => [key, store])));
  const given = [
    ...Object.keys(env).map((key) => ["env", key, key] as const),
    ...Object.keys(secretEnv).map((key) => ["secretEnv", key, key] as const),
    ...Object.keys(secretFiles).map((key) => ["secretFiles", key, `${key}_FILE`] as const),
  ];
  return given.flatMap(([group, key, variable]) => {
    const owner = owners.get(variable);
    owners.set(variable, owner ?? group);
    const message = `sets ${variable}, which ${owner} sets as well: keep one of the two`;
    return owner ? [{ path: `services.${name}.${group}.${key}`, message }] : [];
  });
}
