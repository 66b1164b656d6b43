import { z } from "zod";
import { defaults, type EnvironmentName, environments, publishedImages } from "./defaults.ts";
import { CONFIG_VERSION } from "./migrations.ts";
import { domainName, imageReference, objectName, programPath, repository, size } from "./notations.ts";
import { access } from "./settings/access.ts";
import { alertmanager } from "./settings/alertmanager.ts";
import { authentik } from "./settings/authentik.ts";
import { automation } from "./settings/automation.ts";
import { backup } from "./settings/backup.ts";
import { grafana } from "./settings/grafana.ts";
import { homepage } from "./settings/homepage.ts";
import { loki } from "./settings/loki.ts";
import { orchestrator } from "./settings/orchestrator.ts";
import { postgresql } from "./settings/postgresql.ts";
import { prometheus } from "./settings/prometheus.ts";
import { resources } from "./settings/resources.ts";
import { services } from "./settings/services.ts";
import { tls } from "./settings/tls.ts";
import { traefik } from "./settings/traefik.ts";

/** All that a user may set in `Pulumi.<stack>.yaml`, with the defaults of one environment. Only `domain` is required. */
export function settingsSchema(environment: EnvironmentName) {
  return z.strictObject({
    version: z
      .int()
      .min(1)
      .max(CONFIG_VERSION)
      .default(CONFIG_VERSION)
      .describe(
        "Version of these settings, which `config migrate` brings up to date. Left out, they are taken as current.",
      ),
    domain: domainName.describe("Domain under which every public host name of the platform lies."),
    environment: z
      .enum(environments)
      .default(environment)
      .describe("Which column of defaults applies. Needed only when the stack is not named dev, staging or prod."),
    cluster: cluster().describe("The Kubernetes cluster to run on."),
    images: images().describe("Where container images come from."),
    postgresql: postgresql(environment).describe("PostgreSQL: the one store for everything that must last."),
    redis: redis(environment).describe("Redis: live fan-out, counters, caches; nothing that must last."),
    orchestrator: orchestrator(environment).describe("The orchestrator: API, queue and scheduler."),
    automation: automation().describe("What the orchestrator does by itself, defined in files."),
    agent: agent().describe("The agent that runs on every node of the cluster."),
    prometheus: prometheus(environment).describe("Prometheus: measurements and alert rules."),
    alertmanager: alertmanager().describe(
      "Alertmanager: whom alerts are sent to. Without a receiver they show in Grafana and in its own pages.",
    ),
    loki: loki(environment).describe("Loki: the logs of all pods."),
    grafana: grafana(environment).describe("Grafana: dashboards over measurements, logs and alerts."),
    backup: backup(environment).describe("Backups of what the services declare: databases and volumes, encrypted."),
    authentik: authentik(environment).describe("Authentik: who people are, and one login for all services."),
    homepage: homepage(environment).describe("The home page: a tile for each service, and links."),
    access: access().describe("Who may do what, by groups of Authentik."),
    traefik: traefik(environment).describe("Traefik: the edge, at which people and programs come in."),
    tls: tls().describe("The certificate of the domain and of every name under it."),
    services: services().describe("Services of your own, by name; each is as much part of the platform as the others."),
    safety: z
      .strictObject({
        protectData: z
          .boolean()
          .default(defaults.protectData[environment])
          .describe("Refuse to delete or replace anything that holds data or a secret."),
      })
      .prefault({})
      .describe("What guards the data."),
  });
}

function cluster() {
  return z
    .strictObject({
      kubeconfig: z
        .string()
        .min(1)
        .optional()
        .describe("Path of a kubeconfig file. Default: as kubectl finds its own."),
      context: z.string().min(1).optional().describe("Context in the kubeconfig. Default: its current context."),
      k3d: objectName
        .optional()
        .describe("Create a local k3d cluster of this name and run there, in place of an existing cluster."),
      userNamespaces: z
        .boolean()
        .default(true)
        .describe(
          "Give pods that need nothing of their node users of their own there. Needs Linux 6.3, containerd 2 or CRI-O, and volumes other than NFS.",
        ),
      storageClass: objectName.optional().describe("StorageClass of every volume. Default: the cluster's own default."),
    })
    .prefault({});
}

function images() {
  const references = z.strictObject({
    postgresql: imageReference.default(publishedImages.postgresql).describe("Image of PostgreSQL."),
    "postgresql-ha": imageReference
      .default(publishedImages["postgresql-ha"])
      .describe("Image of PostgreSQL for the instances that CloudNativePG runs."),
    redis: imageReference.default(publishedImages.redis).describe("Image of Redis."),
    "postgres-exporter": imageReference
      .default(publishedImages["postgres-exporter"])
      .describe("Image of the exporter beside PostgreSQL."),
    prometheus: imageReference.default(publishedImages.prometheus).describe("Image of Prometheus."),
    alertmanager: imageReference.default(publishedImages.alertmanager).describe("Image of Alertmanager."),
    "node-exporter": imageReference
      .default(publishedImages["node-exporter"])
      .describe("Image of the exporter that measures the nodes."),
    "blackbox-exporter": imageReference
      .default(publishedImages["blackbox-exporter"])
      .describe("Image of the exporter that probes public addresses."),
    "kube-state-metrics": imageReference
      .default(publishedImages["kube-state-metrics"])
      .describe("Image of the exporter that tells of the cluster's objects."),
    "redis-exporter": imageReference
      .default(publishedImages["redis-exporter"])
      .describe("Image of the exporter beside Redis."),
    loki: imageReference.default(publishedImages.loki).describe("Image of Loki."),
    alloy: imageReference.default(publishedImages.alloy).describe("Image of Grafana Alloy, the log collector."),
    grafana: imageReference.default(publishedImages.grafana).describe("Image of Grafana."),
    restic: imageReference
      .default(publishedImages.restic)
      .describe("Image of restic, which encrypts and stores backups."),
    "restic-server": imageReference
      .default(publishedImages["restic-server"])
      .describe("Image of the server before the repository of backups."),
    traefik: imageReference.default(publishedImages.traefik).describe("Image of Traefik."),
    authentik: imageReference.default(publishedImages.authentik).describe("Image of Authentik: servers and workers."),
    homepage: imageReference.default(publishedImages.homepage).describe("Image of Homepage."),
    orchestrator: imageReference.default(publishedImages.orchestrator).describe("Image of the orchestrator."),
    agent: imageReference.default(publishedImages.agent).describe("Image of the agent."),
  });
  return z
    .strictObject({
      registry: repository.optional().describe("Mirror that replaces the registry host of every published image."),
      references: references
        .prefault({})
        .describe("The image of each service: registry/name:tag, with @sha256:… to pin its content."),
      build: z
        .strictObject({
          repository: repository.describe(
            "Needed for a build. Where the built images are named and pushed: host[:port]/path.",
          ),
          push: z
            .boolean()
            .default(true)
            .describe("Push after building; off when the cluster shares the machine's images."),
          platform: z
            .enum(["linux/amd64", "linux/arm64"])
            .default("linux/amd64")
            .describe("Processor architecture of the cluster's nodes."),
        })
        .optional()
        .describe("Build the orchestrator and the agent from this checkout instead of pulling published images."),
    })
    .prefault({});
}

function redis(environment: EnvironmentName) {
  return z
    .strictObject({
      size: size.default(defaults.redisSize[environment]).describe("Size of the volume for the append-only file."),
      resources: resources({
        cpu: ["50m", "500m"],
        memory: ["64Mi", defaults.redisMemory[environment]],
      }).describe("What the server may use; it refuses writes at three quarters of the memory limit."),
    })
    .prefault({});
}

function agent() {
  return z
    .strictObject({
      hostAccess: z
        .enum(["none", "read", "full"])
        .default("read")
        .describe(
          "What it may touch of its node: nothing; metrics and files, read-only; or everything, as a privileged container.",
        ),
      allowedCommands: z
        .array(programPath)
        .default([])
        .describe("Absolute paths of the programs that it may run. Default: none."),
      resources: resources({ cpu: ["50m", "500m"], memory: ["96Mi", "256Mi"] }).describe("What each agent may use."),
    })
    .prefault({});
}

export type Settings = z.output<ReturnType<typeof settingsSchema>>;
