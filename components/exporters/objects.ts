import type * as kubernetes from "@pulumi/kubernetes";
import {
  API_PORTS,
  allowApi,
  apiToken,
  Component,
  deployment,
  type Environment,
  http,
  type Transform,
} from "../kit/index.ts";

export interface ObjectsExporterArgs {
  readonly transform?: { readonly deployment?: Transform<kubernetes.apps.v1.DeploymentArgs> };
}

const PORTS = { http: 8080, telemetry: 8081 } as const;
const kinds = { "": ["pods"], apps: ["deployments", "statefulsets"], batch: ["cronjobs", "jobs"] } as const;

/**
 * What the cluster says of the platform's objects, as measurements: whether schedules were kept, jobs succeeded, and as
 * many instances run as should. It is kube-state-metrics, and sees five kinds of objects in the platform's own namespace.
 */
export class ObjectsExporter extends Component {
  constructor(name: string, args: ObjectsExporterArgs, environment: Environment) {
    super("ObjectsExporter", name, environment);
    const resources = Object.values(kinds).flat().join(",");
    const rules = Object.entries(kinds).map(([group, names]) => ({
      apiGroups: [group],
      resources: [...names],
      verbs: ["list", "watch"],
    }));
    deployment(this, {
      replicas: 1,
      container: {
        image: environment.image("kube-state-metrics"),
        args: [
          `--port=${PORTS.http}`,
          `--telemetry-port=${PORTS.telemetry}`,
          `--resources=${resources}`,
          "--namespaces=$(NAMESPACE)",
        ],
        fields: { NAMESPACE: "metadata.namespace" },
        ports: PORTS,
        mounts: [apiToken()],
        health: { ready: http("telemetry", "/readyz"), live: http("http", "/livez") },
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
      },
      outside: API_PORTS,
      after: allowApi(this, { inNamespace: rules, inCluster: [] }),
      transform: args.transform?.deployment,
    });
    this.registerOutputs({});
  }
}
