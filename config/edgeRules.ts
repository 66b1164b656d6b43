import type { Problem } from "./problems.ts";
import type { Settings } from "./schema.ts";

/** Names of the platform's own services, which a user's service may not take. */
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
  "loki",
  "node-exporter",
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
  const names = Object.keys(settings.services);
  return [
    ...oneInstanceWithAcme(settings),
    ...http3NeedsItsPort(settings),
    ...names.flatMap((name) => reservedName(name)),
    ...hostsTaken(settings.services),
    ...signOnNeeded(settings),
    ...names.flatMap((name) => serviceFits(name, settings.services[name])),
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

function reservedName(name: string): Problem[] {
  if (!platformServices.includes(name)) return [];
  return [{ path: `services.${name}`, message: "is the name of a service of the platform: choose another" }];
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

function serviceFits(name: string, service: Settings["services"][string] | undefined): Problem[] {
  if (!service) return [];
  const path = `services.${name}`;
  const problems: Problem[] = [];
  if (service.volume && service.replicas > 1) {
    problems.push({ path: `${path}.replicas`, message: `${service.replicas} cannot share one volume: set it to 1` });
  }
  return problems;
}
