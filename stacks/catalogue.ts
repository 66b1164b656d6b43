import { type Catalogue, declarationOf } from "@homeslice/components";
import type { Config } from "@homeslice/config";

/** Every service of the platform and what it wants of the platform around it. The order is that of the home page. */
export const catalogue = {
  orchestrator: {
    title: "Homeslice",
    web: {
      host: "orchestrator",
      port: 8080,
      access: {
        by: "oidc",
        role: "viewer",
        callback: "/auth/callback",
        loggedOut: "/",
        logout: "/auth/backchannel-logout",
      },
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
      logins: ["/api/v3/flows/executor/"],
      tile: { group: "Platform", icon: "authentik.svg", description: "Accounts, groups and logins" },
    },
    metrics: { port: 9300 },
    backup: { databases: ["authentik"] },
  },
  grafana: {
    title: "Grafana",
    web: {
      host: "grafana",
      port: 3000,
      access: { by: "oidc", role: "viewer", callback: "/login/generic_oauth" },
      health: "/api/health",
      tile: {
        group: "Observability",
        icon: "grafana.svg",
        description: "Dashboards, logs and alerts",
        numbers: [{ label: "Dashboards", query: "max(grafana_stat_totals_dashboard)" }],
      },
    },
    metrics: { port: 3000 },
    backup: { databases: ["grafana"] },
  },
  prometheus: {
    title: "Prometheus",
    web: {
      host: "prometheus",
      port: 9090,
      access: { by: "forward", role: "operator" },
      health: "/-/healthy",
      tile: {
        group: "Observability",
        icon: "prometheus.svg",
        description: "Measurements and alert rules",
        numbers: [
          { label: "Up", query: "count(up == 1)" },
          { label: "Down", query: "count(up == 0) or vector(0)" },
        ],
      },
    },
    metrics: { port: 9090 },
  },
  alertmanager: {
    title: "Alertmanager",
    web: {
      host: "alertmanager",
      port: 9093,
      access: { by: "forward", role: "operator" },
      health: "/-/healthy",
      tile: {
        group: "Observability",
        icon: "alertmanager.svg",
        description: "Who is told of what",
        numbers: [{ label: "Firing", query: 'count(ALERTS{alertstate="firing"}) or vector(0)' }],
      },
    },
    metrics: { port: 9093 },
  },
  loki: { title: "Loki", metrics: { port: 3100 } },
  collector: { title: "Log collector", namespace: "collector", metrics: { port: 12_345 } },
  "node-exporter": { title: "Nodes", namespace: "node-exporter", metrics: { port: 9100 } },
  "objects-exporter": { title: "Objects", metrics: { port: 8080 } },
  "blackbox-exporter": { title: "Probes", metrics: { port: 9115 } },
  postgresql: { title: "PostgreSQL", metrics: { port: 9187 } },
  redis: { title: "Redis", metrics: { port: 9121 } },
  backup: { title: "Backups", metrics: { port: 8000 } },
  traefik: {
    title: "Traefik",
    namespace: "edge",
    metrics: { port: 8082 },
    status: {
      port: 8080,
      path: "/ping",
      dashboard: "traefik",
      tile: {
        group: "Platform",
        icon: "traefik.svg",
        description: "The edge and its certificates",
        numbers: [
          { label: "Requests per minute", query: "60 * sum(rate(traefik_entrypoint_requests_total[5m]))" },
          {
            label: "Certificate ends in",
            query: "min(traefik_tls_certs_not_after) - time()",
            format: "duration",
          },
        ],
      },
    },
  },
  agent: { title: "Agents", namespace: "agents", metrics: { port: 8081 } },
} as const satisfies Catalogue;

/** The services that the configuration leaves on, and those that it adds. */
export function catalogueOf(config: Config): Catalogue {
  const off = servicesOff(config);
  const added = Object.entries(config.services).map(([name, service]) => [name, declarationOf(name, service)] as const);
  const wanted = Object.entries<Catalogue[string]>(catalogue).filter(([name]) => !off.has(name));
  const silent = config.postgresql.exporter ? {} : { postgresql: { title: catalogue.postgresql.title } };
  return { ...Object.fromEntries([...wanted, ...added]), ...silent };
}

/** What is switched off itself, and what is of no use without that. */
function servicesOff(config: Config): ReadonlySet<string> {
  const off = Object.entries(config).flatMap(([name, settings]) => (isOff(settings) ? [name] : []));
  return new Set(off.flatMap((name) => [name, ...(companions[name] ?? [])]));
}

/** What serves another service alone. */
const companions: Readonly<Record<string, readonly string[]>> = {
  loki: ["collector"],
  prometheus: ["node-exporter", "objects-exporter", "blackbox-exporter"],
  traefik: ["blackbox-exporter"],
};

function isOff(settings: unknown): boolean {
  return typeof settings === "object" && settings !== null && "enabled" in settings && settings.enabled === false;
}
