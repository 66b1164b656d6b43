import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, dataVolume, type Environment, http, scratch, statefulSet, type Transform } from "../kit/index.ts";
import { ruleFile } from "../prometheus/rules/alert.ts";
import { logAlerts } from "./alerts.ts";
import { lokiConfig, TENANT } from "./config.ts";

export type LokiArgs = Config["loki"] & {
  /** Address of the directory with the runbooks. */
  readonly runbooks: string;
  readonly transform?: { readonly statefulSet?: Transform<kubernetes.apps.v1.StatefulSetArgs> };
};

/** Where Loki takes and gives logs. */
export const LOKI_PORT = 3100;
const CONFIG = "/etc/loki";
const RULES = "/etc/loki-rules";
const DATA = "/loki";

/** Loki: the logs of all pods for as long as the configuration says, and the alerts that follow from them. */
export class Loki extends Component {
  constructor(name: string, args: LokiArgs, environment: Environment) {
    super("Loki", name, environment);
    const { retentionDays, runbooks } = args;
    const port = environment.catalogue["alertmanager"]?.web?.port;
    const alertmanager = port === undefined ? undefined : environment.endpoint("alertmanager", port);
    const config = pulumi
      .output(alertmanager?.url)
      .apply((url) => lokiConfig({ port: LOKI_PORT, data: DATA, rules: RULES, alertmanager: url, retentionDays }));
    statefulSet(this, {
      size: args.size,
      graceSeconds: 120,
      container: {
        image: environment.image("loki"),
        args: [`-config.file=${CONFIG}/loki.yaml`],
        ports: { http: LOKI_PORT },
        mounts: [
          dataVolume(DATA),
          this.files("config", CONFIG, { "loki.yaml": config.apply((known) => JSON.stringify(known, null, 2)) }),
          this.files("rules", `${RULES}/${TENANT}`, {
            "rules.yaml": JSON.stringify(ruleFile(logAlerts, runbooks), null, 2),
          }),
          scratch("/tmp"),
        ],
        // It is ready some 15 seconds after it answers: a restart for that would never end.
        health: { ready: http("http", "/ready"), live: http("http", "/metrics"), startSeconds: 300 },
        resources: args.resources,
      },
      reaches: alertmanager ? [alertmanager] : [],
      transform: args.transform?.statefulSet,
    });
    this.registerOutputs({});
  }
}
