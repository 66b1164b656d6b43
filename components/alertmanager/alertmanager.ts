import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Component,
  dataVolume,
  type Environment,
  http,
  secretDirectory,
  secretFiles,
  statefulSet,
  type Transform,
} from "../kit/index.ts";
import { alertmanagerConfig, type SecretFiles } from "./config.ts";

export type AlertmanagerArgs = Config["alertmanager"] & {
  readonly transform?: { readonly statefulSet?: Transform<kubernetes.apps.v1.StatefulSetArgs> };
};

const PORT = 9093;
const CONFIG = "/etc/alertmanager";
const DATA = "/alertmanager";
/** The user that the official image was made for. */
const IMAGE_USER = 65_534;

/** Alertmanager: groups alerts and tells people. Its volume remembers who was told and what is silenced. */
export class Alertmanager extends Component {
  constructor(name: string, args: AlertmanagerArgs, environment: Environment) {
    super("Alertmanager", name, environment);
    const secrets = secretsOf(args);
    const label = `${name}-receivers`;
    const config = alertmanagerConfig(args, filesIn(secretDirectory({ label })));
    // The settings have these secrets: they are never lost with the stack.
    const receivers = Object.keys(secrets).length > 0 && this.secret("receivers", secrets, { protect: false });
    const mounts = receivers ? [secretFiles(receivers)] : [];
    statefulSet(this, {
      size: "1Gi",
      user: IMAGE_USER,
      container: {
        image: environment.image("alertmanager"),
        args: [
          `--config.file=${CONFIG}/alertmanager.yml`,
          `--storage.path=${DATA}`,
          `--web.external-url=https://${environment.host(name)}`,
          // One instance has nobody to gossip with.
          "--cluster.listen-address=",
        ],
        ports: { http: PORT },
        mounts: [
          dataVolume(DATA),
          this.files("config", CONFIG, { "alertmanager.yml": JSON.stringify(config, null, 2) }),
          ...mounts,
        ],
        health: { ready: http("http", "/-/ready"), live: http("http", "/-/healthy") },
        resources: args.resources,
      },
      outside: portsOf(args),
      transform: args.transform?.statefulSet,
    });
    this.registerOutputs({});
  }
}

/** What the settings hold of secrets, by the names of the files that they become. */
function secretsOf({ webhook, slack, email, pagerduty, deadMansSwitch }: AlertmanagerArgs) {
  const values: Readonly<Record<keyof SecretFiles, string | undefined>> = {
    webhookToken: webhook?.token,
    slackUrl: slack?.url,
    emailPassword: email?.password,
    pagerdutyKey: pagerduty?.routingKey,
    deadMansSwitchUrl: deadMansSwitch,
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, pulumi.secret(value)]])),
  );
}

function filesIn(directory: string): SecretFiles {
  const file = (name: keyof SecretFiles) => `${directory}/${name}`;
  return {
    webhookToken: file("webhookToken"),
    slackUrl: file("slackUrl"),
    emailPassword: file("emailPassword"),
    pagerdutyKey: file("pagerdutyKey"),
    deadMansSwitchUrl: file("deadMansSwitchUrl"),
  };
}

/** The ports of the outside world at which somebody is told. */
function portsOf({ webhook, slack, email, pagerduty, deadMansSwitch }: AlertmanagerArgs): number[] {
  const web = [webhook?.url, slack?.url, deadMansSwitch, pagerduty && "https:"].flatMap((url) =>
    url ? [portOf(url)] : [],
  );
  const mail = email ? [Number(email.server.split(":")[1])] : [];
  return [...new Set([...web, ...mail])];
}

/** A secret that the settings file holds encrypted has no port to read: such services use HTTPS. */
function portOf(url: string): number {
  const parsed = URL.parse(url);
  return Number(parsed?.port || (parsed?.protocol === "http:" ? 80 : 443));
}
