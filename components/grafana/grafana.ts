import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Component,
  deployment,
  type Endpoint,
  type Environment,
  http,
  type SecretRef,
  scratch,
  secretFile,
  secretFiles,
  type Transform,
  use,
} from "../kit/index.ts";
import type { DatabaseLink } from "../postgresql/postgresql.ts";
import { dashboardProviders, dashboards } from "./dashboards/index.ts";
import { datasourceFile } from "./datasources.ts";
import { type Ini, iniText } from "./ini.ts";
import { type GrafanaLogin, LOGIN_FILES, LOGIN_SETTINGS, loginIni } from "./login.ts";

export type GrafanaArgs = Config["grafana"] & {
  /** Where Grafana keeps what people make in it. */
  readonly database: DatabaseLink;
  /** An account that sees how PostgreSQL fares. */
  readonly observer: DatabaseLink;
  /** How people log in; left out, with name and password, as the administrator alone. */
  readonly login?: GrafanaLogin | undefined;
  readonly transform?: { readonly deployment?: Transform<kubernetes.apps.v1.DeploymentArgs> };
};

const PORT = 3000;
const CONFIG = "/etc/homeslice/grafana";
const PROVISIONING = "/etc/homeslice/provisioning";
const DASHBOARDS = "/etc/homeslice/dashboards";
/** The user that the official image was made for. */
const IMAGE_USER = 472;
const DATABASE = { host: "DATABASE_HOST", port: "DATABASE_PORT", database: "DATABASE_NAME", user: "DATABASE_USER" };
const OBSERVER = { host: "OBSERVER_HOST", port: "OBSERVER_PORT", database: "OBSERVER_NAME", user: "OBSERVER_USER" };

/** A source of data, if the environment runs it. */
type Source = (Endpoint & { readonly url: pulumi.Output<string> }) | undefined;

/** Grafana: dashboards over measurements, logs and alerts. It keeps everything in PostgreSQL and nothing on disk. */
export class Grafana extends Component {
  readonly #args: GrafanaArgs;
  readonly #secret: SecretRef<"adminPassword" | "secretKey">;

  constructor(name: string, args: GrafanaArgs, environment: Environment) {
    super("Grafana", name, environment);
    this.#args = args;
    this.#secret = this.secret("installation", {
      adminPassword: this.generate("admin-password"),
      secretKey: this.generate("key", 64),
    });
    const sources = {
      prometheus: this.#source("prometheus"),
      loki: this.#source("loki"),
      alertmanager: this.#source("alertmanager"),
    };
    deployment(this, {
      replicas: args.replicas,
      user: IMAGE_USER,
      container: {
        image: environment.image("grafana"),
        env: {
          GF_PATHS_CONFIG: `${CONFIG}/grafana.ini`,
          GF_PATHS_PROVISIONING: PROVISIONING,
          GF_SECURITY_ADMIN_PASSWORD__FILE: secretFile(this.#secret, "adminPassword"),
          GF_SECURITY_SECRET_KEY__FILE: secretFile(this.#secret, "secretKey"),
        },
        ports: { http: PORT },
        mounts: [
          this.files("config", CONFIG, { "grafana.ini": iniText(this.#settings()) }),
          this.files("datasources", `${PROVISIONING}/datasources`, { "datasources.yaml": this.#datasources(sources) }),
          this.files("providers", `${PROVISIONING}/dashboards`, {
            "providers.yaml": json(dashboardProviders(DASHBOARDS)),
          }),
          this.files("dashboards", DASHBOARDS, mapped(dashboards, json)),
          secretFiles(this.#secret),
          scratch("/var/lib/grafana", "256Mi"),
          scratch("/tmp"),
        ],
        health: { ready: http("http", "/api/health"), live: http("http", "/api/health"), startSeconds: 300 },
        resources: args.resources,
      },
      uses: this.#uses(),
      reaches: Object.values(sources).flatMap((source) => source ?? []),
      transform: args.transform?.deployment,
    });
    this.registerOutputs({});
  }

  #uses() {
    const { database, observer, login } = this.#args;
    return [
      use(database, DATABASE, { password: "GF_DATABASE_PASSWORD__FILE" }),
      use(observer, OBSERVER, { password: "OBSERVER_PASSWORD_FILE" }),
      ...(login ? [use(login, LOGIN_SETTINGS, LOGIN_FILES)] : []),
    ];
  }

  #settings(): Ini {
    const { login } = this.#args;
    const host = this.environment.host(this.name);
    return {
      server: { root_url: `https://${host}`, domain: host },
      database: {
        type: "postgres",
        host: `$__env{${DATABASE.host}}:$__env{${DATABASE.port}}`,
        name: `$__env{${DATABASE.database}}`,
        user: `$__env{${DATABASE.user}}`,
        ssl_mode: "disable",
      },
      analytics: { reporting_enabled: false, check_for_updates: false, check_for_plugin_updates: false },
      plugins: { preinstall_disabled: true },
      security: { cookie_secure: true, strict_transport_security: true, disable_gravatar: true },
      users: { allow_sign_up: false },
      // Prometheus and Alertmanager alert; Grafana shows what they know.
      unified_alerting: { execute_alerts: false },
      log: { mode: "console" },
      "log.console": { format: "json" },
      ...(login && loginIni(this.environment.config.access.roles)),
    };
  }

  #source(service: string): Source {
    const { metrics } = this.environment.catalogue[service] ?? {};
    return metrics && this.environment.endpoint(service, metrics.port);
  }

  #datasources({ prometheus, loki, alertmanager }: Readonly<Record<"prometheus" | "loki" | "alertmanager", Source>>) {
    const urls = { prometheus: prometheus?.url, loki: loki?.url, alertmanager: alertmanager?.url };
    const postgresql = {
      address: `$__env{${OBSERVER.host}}:$__env{${OBSERVER.port}}`,
      database: `$__env{${OBSERVER.database}}`,
      user: `$__env{${OBSERVER.user}}`,
      passwordFile: secretFile(this.#args.observer.secret, "password"),
    };
    return pulumi.output(urls).apply((known) => json(datasourceFile({ ...known, postgresql })));
  }
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function mapped<Value>(values: Readonly<Record<string, Value>>, change: (value: Value) => string) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
