import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Component,
  deployment,
  type Endpoint,
  type Environment,
  http,
  type Running,
  type SecretRef,
  scratch,
  secretFile,
  secretFiles,
  type Transform,
  use,
} from "../kit/index.ts";
import type { DatabaseLink } from "../postgresql/postgresql.ts";
import { GRAFANA_PORT, grafanaApi } from "./api.ts";
import { Contents } from "./contents.ts";
import { dataSources } from "./datasources.ts";
import { type Ini, iniText } from "./ini.ts";
import { type GrafanaLogin, LOGIN_FILES, LOGIN_SETTINGS, loginIni } from "./login.ts";

export type GrafanaArgs = Config["grafana"] & {
  /** Where Grafana keeps what people make in it. */
  readonly database: DatabaseLink;
  /** An account that sees how PostgreSQL fares. */
  readonly observer: DatabaseLink;
  /** How people log in; left out, with name and password, as the administrator alone. */
  readonly login?: GrafanaLogin | undefined;
  /** PEM of the authority to trust, where the platform has one of its own. */
  readonly certificateAuthority?: pulumi.Output<string> | undefined;
  readonly transform?: { readonly deployment?: Transform<kubernetes.apps.v1.DeploymentArgs> };
};

const CONFIG = "/etc/homeslice/grafana";
/** The user that the official image was made for. */
const IMAGE_USER = 472;
const DATABASE = { host: "DATABASE_HOST", port: "DATABASE_PORT", database: "DATABASE_NAME", user: "DATABASE_USER" };

/** A source of data, if the environment runs it. */
type Source = (Endpoint & { readonly url: pulumi.Output<string> }) | undefined;

/**
 * Grafana: dashboards over measurements, logs and alerts. It keeps everything in PostgreSQL and nothing on disk. Switched
 * off, its keys and its database stay, for neither is worth anything without the other.
 */
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
    if (args.enabled) this.#fill(this.#serve());
    this.registerOutputs({});
  }

  #serve(): Running {
    const { replicas, resources, transform } = this.#args;
    return deployment(this, {
      replicas,
      user: IMAGE_USER,
      container: {
        image: this.environment.image("grafana"),
        env: {
          GF_PATHS_CONFIG: `${CONFIG}/grafana.ini`,
          GF_SECURITY_ADMIN_PASSWORD__FILE: secretFile(this.#secret, "adminPassword"),
          GF_SECURITY_SECRET_KEY__FILE: secretFile(this.#secret, "secretKey"),
        },
        ports: { http: GRAFANA_PORT },
        mounts: [
          this.files("config", CONFIG, { "grafana.ini": iniText(this.#settings()) }),
          secretFiles(this.#secret),
          scratch("/var/lib/grafana", "256Mi"),
          scratch("/tmp"),
        ],
        health: { ready: http("http", "/api/health"), live: http("http", "/api/health"), startSeconds: 300 },
        resources,
      },
      uses: this.#uses(),
      reaches: Object.values(this.#sources()).flatMap((source) => source ?? []),
      transform: transform?.deployment,
    });
  }

  #fill({ ready }: Running): void {
    const { api, teams, folders, observer, certificateAuthority } = this.#args;
    const { prometheus, loki, alertmanager } = this.#sources();
    const urls = { prometheus: prometheus?.url, loki: loki?.url, alertmanager: alertmanager?.url };
    new Contents(this, {
      api: grafanaApi(this.environment.config),
      password: api.password === undefined ? this.#secret.values.adminPassword : pulumi.secret(api.password),
      certificateAuthority,
      settings: { teams, folders },
      sources: dataSources({ urls, observer }),
      ready: [...ready, ...observer.ready],
    });
  }

  #uses() {
    const { database, login } = this.#args;
    return [
      use(database, DATABASE, { password: "GF_DATABASE_PASSWORD__FILE" }),
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

  /** Where the data comes from, as far as it runs. */
  #sources() {
    return {
      prometheus: this.#source("prometheus"),
      loki: this.#source("loki"),
      alertmanager: this.#source("alertmanager"),
    };
  }

  #source(service: string): Source {
    const { metrics } = this.environment.catalogue[service] ?? {};
    return metrics && this.environment.endpoint(service, metrics.port);
  }
}
