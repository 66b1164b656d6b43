import type { Server } from "@homeslice/protocol";
import type { z } from "zod";
import { Environment, type GroupRoles } from "./environment.ts";

export interface DatabaseSettings {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly schema: string;
  readonly connections: number;
}

/** The identity provider that people log in at. */
export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the members of each group may do, and where. */
  readonly roles: z.output<typeof GroupRoles>;
}

export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

/** The mail server by which notifications are sent. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where it wants them. */
  readonly url: string;
  readonly from: string;
}

/** Where secrets may lie outside of the database. */
export interface SecretPlaces {
  /** Variables that secrets may be taken from, with their values. */
  readonly variables: ReadonlyMap<string, string>;
  /** Directory that secrets may be taken from. */
  readonly directory: string | undefined;
}

/** How long things are kept, in days; 0 is for ever. */
export interface Retention {
  readonly executionDays: number;
  readonly outputDays: number;
  readonly auditDays: number;
}

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly database: DatabaseSettings;
  /** Carries live updates and rate limits between replicas; without it, the database carries the updates. */
  readonly redis: RedisSettings | undefined;
  /** The secret of the installation. */
  readonly secret: Uint8Array;
  /** Secrets of their own for what the database holds sealed: the first seals, all open. */
  readonly sealingSecrets: readonly Uint8Array[];
  readonly secretPlaces: SecretPlaces;
  readonly clusterEnrolment: string | undefined;
  readonly environment: Server["environment"];
  /** Where browsers reach the orchestrator. */
  readonly publicUrl: URL | undefined;
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  /** By one user or token; 0 is no limit. */
  readonly requestsPerSecond: number;
  /** The one-time secret that makes the first account. */
  readonly bootstrap: string | undefined;
  readonly oidc: OidcSettings | undefined;
  readonly maxRunning: number | undefined;
  readonly retention: Retention;
  /** Without it, no e-mail is sent. */
  readonly mail: MailSettings | undefined;
  /** Internal networks that notifications may go to. */
  readonly notifyNetworks: readonly string[];
  /** The Prometheus that measures the platform, asked for what the dashboard shows of it. */
  readonly prometheusUrl: URL | undefined;
  readonly migrate: boolean;
  /** Where the built dashboard is, if it is served. */
  readonly dashboard: string | undefined;
  /** The orchestrator to check. */
  readonly checkUrl?: string | undefined;
  readonly logLevel: string;
}

/** Settings that cannot be used: every problem at once. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Reads the settings from the environment. @throws SettingsError naming every variable that is missing or wrong */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new SettingsError(`The orchestrator cannot start with these settings:\n${problems.join("\n")}`);
  }
  const values = parsed.data;
  return {
    host: values.HOMESLICE_HOST,
    port: values.HOMESLICE_PORT,
    database: {
      host: values.HOMESLICE_DATABASE_HOST,
      port: values.HOMESLICE_DATABASE_PORT,
      name: values.HOMESLICE_DATABASE_NAME,
      user: values.HOMESLICE_DATABASE_USER,
      password: values.HOMESLICE_DATABASE_PASSWORD_FILE,
      schema: values.HOMESLICE_DATABASE_SCHEMA,
      connections: values.HOMESLICE_DATABASE_CONNECTIONS,
    },
    redis:
      values.HOMESLICE_REDIS_HOST === undefined
        ? undefined
        : {
            host: values.HOMESLICE_REDIS_HOST,
            port: values.HOMESLICE_REDIS_PORT,
            password: values.HOMESLICE_REDIS_PASSWORD_FILE ?? "",
          },
    secret: Buffer.from(values.HOMESLICE_KEY_FILE),
    sealingSecrets: values.HOMESLICE_SEALING_KEYS_FILE.map((line) => Buffer.from(line)),
    secretPlaces: {
      variables: new Map(values.HOMESLICE_SECRET_VARIABLES.map((name) => [name, environment[name] ?? ""])),
      directory: values.HOMESLICE_SECRET_DIR,
    },
    clusterEnrolment: values.HOMESLICE_CLUSTER_ENROLMENT_FILE,
    environment: values.HOMESLICE_ENVIRONMENT,
    publicUrl: values.HOMESLICE_PUBLIC_URL,
    trustedProxies: values.HOMESLICE_TRUSTED_PROXIES,
    corsOrigins: values.HOMESLICE_CORS_ORIGINS,
    requestsPerSecond: values.HOMESLICE_REQUESTS_PER_SECOND,
    bootstrap: values.HOMESLICE_BOOTSTRAP_FILE,
    oidc: oidcSettings(values),
    maxRunning: values.HOMESLICE_MAX_RUNNING,
    retention: {
      executionDays: values.HOMESLICE_RETENTION_EXECUTIONS_DAYS,
      outputDays: values.HOMESLICE_RETENTION_OUTPUT_DAYS,
      auditDays: values.HOMESLICE_RETENTION_AUDIT_DAYS,
    },
    mail: mailSettings(values),
    notifyNetworks: values.HOMESLICE_NOTIFY_NETWORKS,
    prometheusUrl: values.HOMESLICE_PROMETHEUS_URL,
    migrate: values.HOMESLICE_MIGRATE === "true",
    dashboard: values.HOMESLICE_DASHBOARD_DIR,
    checkUrl: values.HOMESLICE_CHECK_URL,
    logLevel: values.HOMESLICE_LOG_LEVEL,
  };
}

function oidcSettings(values: z.output<typeof Environment>): OidcSettings | undefined {
  const { HOMESLICE_OIDC_ISSUER: issuer, HOMESLICE_OIDC_ROLES: roles = {} } = values;
  if (issuer === undefined) return undefined;
  const { HOMESLICE_OIDC_CLIENT_ID: clientId = "", HOMESLICE_OIDC_CLIENT_SECRET_FILE: clientSecret = "" } = values;
  return { issuer, clientId, clientSecret, roles };
}

function mailSettings(values: z.output<typeof Environment>): MailSettings | undefined {
  const { HOMESLICE_MAIL_URL_FILE: url, HOMESLICE_MAIL_FROM: from = "" } = values;
  return url === undefined ? undefined : { url, from };
}
