import { databaseConnections } from "./defaults.ts";
import { edgeProblems } from "./edgeRules.ts";
import { grafanaProblems } from "./grafanaRules.ts";
import { identityProblems } from "./identityRules.ts";
import { bytesOf, millicoresOf } from "./notations.ts";
import { postgresqlProblems } from "./postgresqlRules.ts";
import type { Problem } from "./problems.ts";
import type { Settings } from "./schema.ts";

/** What no setting can show alone: mistakes that lie between two settings. */
export function crossFieldProblems(settings: Settings): Problem[] {
  return [
    ...oneSourceOfImages(settings),
    ...oneCluster(settings),
    ...postgresqlProblems(settings),
    ...databaseClientsFit(settings),
    ...activeIsReleased(settings),
    ...redisFits(settings),
    ...edgeProblems(settings),
    ...identityProblems(settings),
    ...grafanaProblems(settings),
    ...backupHasABucket(settings),
    ...mailAccount(settings),
    ...resourceOwners.flatMap((owner) => limitsCoverRequests(owner, settings[owner].resources)),
    ...Object.entries(settings.services).flatMap(([name, { resources }]) =>
      limitsCoverRequests(`services.${name}`, resources),
    ),
  ];
}

const resourceOwners = [
  "postgresql",
  "redis",
  "orchestrator",
  "agent",
  "authentik",
  "homepage",
  "traefik",
  "backup",
  "prometheus",
  "alertmanager",
  "loki",
  "grafana",
] as const;

function oneSourceOfImages({ environment, images }: Settings): Problem[] {
  const problems: Problem[] = [];
  if (images.build && !images.build.push && environment === "prod") {
    problems.push({
      path: "images.build.push",
      message: "false leaves the nodes of prod without the images: push them to a registry that the nodes can reach",
    });
  }
  return problems;
}

function oneCluster({ cluster }: Settings): Problem[] {
  const rival = cluster.kubeconfig ? "cluster.kubeconfig" : "cluster.context";
  if (!cluster.k3d || !(cluster.kubeconfig || cluster.context)) return [];
  return [{ path: "cluster.k3d", message: `names a second cluster beside ${rival}: keep one of the two` }];
}

/** Kept free for the exporter, migrations and an operator. */
const spareConnections = 10;

function databaseClientsFit(settings: Settings): Problem[] {
  const { maxConnections } = settings.postgresql;
  const needs = databaseClients.flatMap((name): [string, number][] => {
    const client = settings[name];
    if ("enabled" in client && !client.enabled) return [];
    // While a new version rolls out, there is one instance more; a release has both versions side by side.
    const besides = "release" in client && client.release ? client.replicas : 1;
    return [[name, (client.replicas + besides) * databaseConnections[name]]];
  });
  const needed = needs.reduce((sum, [, connections]) => sum + connections, spareConnections);
  if (maxConnections >= needed) return [];
  const shares = [...needs, ["others", spareConnections]].map(([name, share]) => `${name} ${share}`).join(", ");
  const message = `${maxConnections} are fewer than the ${needed} needed (${shares}): raise it or run fewer instances`;
  return [{ path: "postgresql.maxConnections", message }];
}

function activeIsReleased({ orchestrator: { release } }: Settings): Problem[] {
  if (!release || release[release.active]) return [];
  const message = `is missing: ${release.active} serves, name its image`;
  return [{ path: `orchestrator.release.${release.active}`, message }];
}

const databaseClients = ["orchestrator", "authentik", "grafana"] as const;

function redisFits({ redis }: Settings): Problem[] {
  const { memory } = redis.resources.limits;
  if (bytesOf(redis.size) >= 2 * bytesOf(memory)) return [];
  return [
    {
      path: "redis.size",
      message: `${redis.size} cannot hold a rewrite of what fits into ${memory} of memory: use at least twice as much`,
    },
  ];
}

function backupHasABucket({ backup }: Settings): Problem[] {
  if (backup.repository !== "s3" || backup.s3) return [];
  return [{ path: "backup.s3", message: "is missing: backup.repository is s3, and that needs the bucket and its key" }];
}

function mailAccount({ alertmanager: { email } }: Settings): Problem[] {
  if (!email || (email.username === undefined) === (email.password === undefined)) return [];
  const missing = email.username === undefined ? "username" : "password";
  return [
    { path: `alertmanager.email.${missing}`, message: "is missing: a mail server takes both or neither of the two" },
  ];
}

function limitsCoverRequests(owner: string, { requests, limits }: Settings["redis"]["resources"]): Problem[] {
  const problem = (kind: "cpu" | "memory"): Problem => ({
    path: `${owner}.resources.limits.${kind}`,
    message: `${limits[kind]} is less than the ${requests[kind]} requested: raise the limit or lower the request`,
  });
  return [
    ...(millicoresOf(limits.cpu) < millicoresOf(requests.cpu) ? [problem("cpu")] : []),
    ...(bytesOf(limits.memory) < bytesOf(requests.memory) ? [problem("memory")] : []),
  ];
}
