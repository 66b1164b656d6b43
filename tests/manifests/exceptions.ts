/** Who looks at the manifests. */
export type Judge = "Pod Security" | "kube-score" | "checkov" | "policies";

/** What a judge asks for and some objects do not have, with the reason. */
export interface Exception {
  readonly judge: Judge;
  readonly checks: readonly string[];
  /** Kinds and names, in which a star stands for anything; or all objects. */
  readonly objects: readonly string[] | "all";
  readonly reason: string;
}

/** The one table of exceptions; docs/security.md has each of its reasons. */
export const exceptions: readonly Exception[] = [
  {
    judge: "Pod Security",
    checks: ["restricted volume types"],
    objects: ["DaemonSet/agent", "DaemonSet/collector", "DaemonSet/node-exporter"],
    reason: "read directories of their node, each in a namespace of its own",
  },
  {
    judge: "Pod Security",
    checks: ["runAsNonRoot != true", "runAsUser=0"],
    objects: ["DaemonSet/agent", "DaemonSet/collector"],
    reason: "the logs of pods and the agent's directory on the node belong to root",
  },
  {
    judge: "Pod Security",
    checks: ["unrestricted capabilities"],
    objects: ["DaemonSet/agent"],
    reason: "its first container hands the agent's directory over to the agent's user, and ends",
  },
  {
    judge: "kube-score",
    checks: ["container-image-pull-policy"],
    objects: "all",
    reason: "references name versions that do not move: a node has to start what it holds while the registry is away",
  },
  {
    judge: "kube-score",
    checks: ["pod-probes-identical"],
    objects: [
      "DaemonSet/node-exporter",
      "Deployment/authentik-worker",
      "Deployment/blackbox-exporter",
      "Deployment/grafana",
      "Deployment/homepage",
      "Deployment/traefik",
      "Deployment/wiki",
      "StatefulSet/backup",
      "StatefulSet/files",
      "StatefulSet/postgresql",
      "StatefulSet/redis",
      "StatefulSet/traefik",
    ],
    reason:
      "the programs tell of their health in one way; a restart takes four times as long a failure as the loss of traffic",
  },
  {
    judge: "kube-score",
    checks: ["statefulset-has-servicename"],
    objects: ["StatefulSet/*"],
    reason: "they have one instance, which is reached by the Service; nobody asks for a pod by its own name",
  },
  {
    judge: "kube-score",
    checks: ["deployment-replicas"],
    objects: ["Deployment/*"],
    reason: "dev runs one instance of each, and of the probes' exporter one is enough anywhere: it keeps nothing",
  },
  {
    judge: "kube-score",
    checks: ["container-security-context-user-group-id"],
    objects: [
      "CronJob/backup-*-drill",
      "DaemonSet/agent",
      "DaemonSet/collector",
      "Deployment/authentik",
      "Deployment/authentik-worker",
      "Deployment/grafana",
      "Deployment/homepage",
      "StatefulSet/postgresql",
    ],
    reason: "their images are made for a user of a low number, which is nobody on the node (hostUsers: false)",
  },
  {
    judge: "checkov",
    checks: ["CKV_K8S_15"],
    objects: "all",
    reason: "references name versions that do not move: a node has to start what it holds while the registry is away",
  },
  {
    judge: "checkov",
    checks: ["CKV_K8S_43"],
    objects: "all",
    reason: "images.references takes digests; those of the defaults would not fit a mirror that repacks",
  },
  {
    judge: "checkov",
    checks: ["CKV_K8S_23", "CKV_K8S_40"],
    objects: ["DaemonSet/collector"],
    reason: "the logs of pods and the agent's directory on the node belong to root",
  },
  {
    judge: "checkov",
    checks: ["CKV_K8S_25"],
    objects: ["DaemonSet/agent"],
    reason: "its first container hands the agent's directory over to the agent's user, and ends",
  },
  {
    judge: "checkov",
    checks: ["CKV_K8S_35"],
    objects: ["Deployment/authentik-worker"],
    reason: "Authentik reads the token and the password of its first start from the environment alone",
  },
  {
    judge: "policies",
    checks: ["no-secret-in-environment"],
    objects: ["Deployment/authentik-worker"],
    reason: "Authentik reads the token and the password of its first start from the environment alone",
  },
  {
    judge: "policies",
    checks: ["no-api-token"],
    objects: ["Deployment/homepage", "Deployment/objects-exporter", "Deployment/traefik", "StatefulSet/traefik"],
    reason: "they read in the cluster what they show or route to; their tokens live for an hour",
  },
  {
    judge: "policies",
    checks: ["own-users"],
    objects: ["DaemonSet/agent", "DaemonSet/collector", "DaemonSet/node-exporter"],
    reason: "read directories of their node, each in a namespace of its own",
  },
  {
    judge: "policies",
    checks: ["kubesec-score"],
    objects: ["DaemonSet/agent", "DaemonSet/collector", "DaemonSet/node-exporter"],
    reason: "read directories of their node, each in a namespace of its own",
  },
  {
    judge: "policies",
    checks: ["kubesec-score"],
    objects: [
      "CronJob/backup-*-drill",
      "Deployment/authentik",
      "Deployment/authentik-worker",
      "Deployment/grafana",
      "Deployment/homepage",
    ],
    reason: "their images are made for a user of a low number, which is nobody on the node (hostUsers: false)",
  },
  {
    judge: "policies",
    checks: ["no-secret-readers"],
    objects: ["RoleBinding/traefik"],
    reason: "Traefik asks for the Secrets beside its Ingresses; its namespace holds none but its own key",
  },
  {
    judge: "policies",
    checks: ["guarded-routes"],
    objects: ["Ingress/authentik", "Ingress/login-0-authentik", "Ingress/outpost-*"],
    reason: "the way to the login itself",
  },
  {
    judge: "policies",
    checks: ["guarded-routes"],
    objects: ["Ingress/grafana", "Ingress/orchestrator"],
    reason: "they log people in themselves",
  },
];
