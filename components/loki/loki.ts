import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import { Component, dataVolume, type Environment, http, scratch, statefulSet, type Transform } from "../kit/index.ts";
import { lokiConfig } from "./config.ts";

export type LokiArgs = Config["loki"] & {
  readonly transform?: { readonly statefulSet?: Transform<kubernetes.apps.v1.StatefulSetArgs> };
};

/** Where Loki takes and gives logs. */
export const LOKI_PORT = 3100;
const CONFIG = "/etc/loki";
const DATA = "/loki";

/** Loki: the logs of all pods for as long as the configuration says. */
export class Loki extends Component {
  constructor(name: string, args: LokiArgs, environment: Environment) {
    super("Loki", name, environment);
    const config = lokiConfig({ port: LOKI_PORT, data: DATA, retentionDays: args.retentionDays });
    statefulSet(this, {
      size: args.size,
      graceSeconds: 120,
      container: {
        image: environment.image("loki"),
        args: [`-config.file=${CONFIG}/loki.yaml`],
        ports: { http: LOKI_PORT },
        mounts: [
          dataVolume(DATA),
          this.files("config", CONFIG, { "loki.yaml": JSON.stringify(config, null, 2) }),
          scratch("/tmp"),
        ],
        // It is ready some 15 seconds after it answers: a restart for that would never end.
        health: { ready: http("http", "/ready"), live: http("http", "/metrics"), startSeconds: 300 },
        resources: args.resources,
      },
      transform: args.transform?.statefulSet,
    });
    this.registerOutputs({});
  }
}
