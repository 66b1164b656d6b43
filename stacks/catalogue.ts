import { type Catalogue, declarationOf } from "@homeslice/components";
import type { Config } from "@homeslice/config";

/** Every service of the platform and what it wants of the platform around it. The order is that of the home page. */
export const catalogue = {
  orchestrator: {
    title: "Homeslice",
    web: {
      host: "orchestrator",
      port: 8080,
      // Its own tokens guard it, until people log in by OpenID Connect.
      access: { by: "everyone" },
      health: "/healthz",
      tile: {
        group: "Automation",
        icon: "mdi-robot-industrial",
        description: "Runs commands on every server",
        numbers: [
          { label: "Agents", query: "max(homeslice_agents_connected)" },
          { label: "Commands today", query: "sum(increase(homeslice_executions_finished_total[24h]))" },
        ],
      },
    },
    metrics: { port: 8080 },
    backup: { databases: ["orchestrator"] },
  },
  homepage: {
    title: "Home",
    web: { host: "", port: 3000, access: { by: "forward", role: "viewer" }, health: "/api/healthcheck" },
  },
  authentik: {
    title: "Authentik",
    web: {
      host: "auth",
      port: 9000,
      access: { by: "everyone" },
      health: "/-/health/live/",
      tile: { group: "Platform", icon: "authentik.svg", description: "Accounts, groups and logins" },
    },
    metrics: { port: 9300 },
    backup: { databases: ["authentik"] },
  },
  postgresql: { title: "PostgreSQL", metrics: { port: 9187 } },
  backup: { title: "Backups", metrics: { port: 8000 } },
  traefik: { title: "Traefik", namespace: "edge", metrics: { port: 8082 } },
  agent: { title: "Agents", namespace: "agents", metrics: { port: 8081 } },
} as const satisfies Catalogue;

/** The services that the configuration leaves on, and those that it adds. */
export function catalogueOf(config: Config): Catalogue {
  const settings = new Map<string, unknown>(Object.entries(config));
  const added = Object.entries(config.services).map(([name, service]) => [name, declarationOf(name, service)] as const);
  const wanted = Object.entries<Catalogue[string]>(catalogue).filter(([name]) => !isOff(settings.get(name)));
  return Object.fromEntries([...wanted, ...added]);
}

function isOff(settings: unknown): boolean {
  return typeof settings === "object" && settings !== null && "enabled" in settings && settings.enabled === false;
}
