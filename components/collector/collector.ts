import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import { Component, daemonSet, type Environment, http, nodeDirectory, scratch, type Transform } from "../kit/index.ts";
import { LOKI_PORT } from "../loki/loki.ts";
import { collectorConfig } from "./config.ts";

export interface CollectorArgs {
  readonly resources: Config["loki"]["collector"];
  readonly transform?: { readonly daemonSet?: Transform<kubernetes.apps.v1.DaemonSetArgs> };
}

const PORT = 12_345;
const CONFIG = "/etc/alloy";
const DATA = "/var/lib/alloy";
const LOGS = "/var/log/pods";

/**
 * The log collector: Grafana Alloy on every node. The logs of pods belong to root, so it runs as root, without any
 * capability; it sees that one directory, read-only.
 */
export class Collector extends Component {
  constructor(name: string, args: CollectorArgs, environment: Environment) {
    super("Collector", name, environment, environment.namespace(name, "privileged"));
    const loki = environment.endpoint("loki", LOKI_PORT);
    daemonSet(this, {
      container: {
        image: environment.image("alloy"),
        args: [
          "run",
          `--server.http.listen-addr=0.0.0.0:${PORT}`,
          `--storage.path=${DATA}`,
          "--disable-reporting",
          `${CONFIG}/config.alloy`,
        ],
        ports: { http: PORT },
        mounts: [
          this.files("config", CONFIG, { "config.alloy": loki.url.apply((url) => collectorConfig(LOGS, url)) }),
          nodeDirectory("pod-logs", LOGS, LOGS, "read"),
          // Where it was in each file. After its pod is replaced it sends again what Loki then knows already.
          scratch(DATA, "256Mi"),
        ],
        health: { ready: http("http", "/-/ready"), live: http("http", "/-/healthy") },
        resources: args.resources,
        security: { runAsNonRoot: false, runAsUser: 0 },
      },
      reaches: [loki],
      transform: args.transform?.daemonSet,
    });
    this.registerOutputs({});
  }
}
