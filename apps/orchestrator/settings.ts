import { readFileSync } from "node:fs";
import {
  DEFAULT_TENANT,
  MIN_SECRET_BYTES,
  Role,
  type Server,
  Environment as ServerEnvironment,
  TenantId,
} from "@homeslice/protocol";
import { z } from "zod";

const Port = z.coerce.number().int().min(0).max(65_535);
const File = z.string().transform((path, context) => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});
const SecretFile = File.refine(
  (secret) => Buffer.byteLength(secret) >= MIN_SECRET_BYTES,
  `must hold a secret of ${MIN_SECRET_BYTES} bytes or more`,
);

const isLoopback = ({ hostname }: URL) => ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
const SecureUrl = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.protocol === "https:" || isLoopback(url), "must be https://, except on this machine");
const List = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);
const GroupRoles = z
  .string()
  .transform((text, context) => {
    try {
      const parsed: unknown = JSON.parse(text);
      return parsed;
    } catch {
      context.addIssue({ code: "custom", message: "must be JSON" });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string().min(1), z.strictObject({ tenant: TenantId.default(DEFAULT_TENANT), role: Role })));

/** Every environment variable that the orchestrator reads. A name that ends in `_FILE` holds the path of a file. */
export const Environment = z
  .object({
    HOMESLICE_HOST: z
      .string()
      .default("127.0.0.1")
      .describe("Address to listen on. The default is reachable from this machine only."),
    HOMESLICE_PORT: Port.default(8_080).describe("Port to listen on; 0 takes any free one."),
    HOMESLICE_DATABASE_HOST: z.string().min(1).describe("Host of the PostgreSQL server."),
    HOMESLICE_DATABASE_PORT: Port.default(5_432).describe("Port of the PostgreSQL server."),
    HOMESLICE_DATABASE_NAME: z.string().min(1).default("homeslice").describe("Name of the database."),
    HOMESLICE_DATABASE_USER: z.string().min(1).default("homeslice").describe("User of the database; owns its schema."),
    HOMESLICE_DATABASE_PASSWORD_FILE: File.describe("File with the password of that user."),
    HOMESLICE_DATABASE_SCHEMA: z.string().min(1).default("public").describe("Schema that all tables live in."),
    HOMESLICE_DATABASE_CONNECTIONS: z.coerce
      .number()
      .int()
      .min(2)
      .max(200)
      .default(10)
      .describe("Database connections of one orchestrator, at most."),
    HOMESLICE_REDIS_HOST: z
      .string()
      .min(1)
      .optional()
      .describe("Host of the Redis that carries live updates between replicas. Without it, PostgreSQL carries them."),
    HOMESLICE_REDIS_PORT: Port.default(6_379).describe("Port of the Redis server."),
    HOMESLICE_REDIS_PASSWORD_FILE: File.optional().describe("File with the password of the Redis server."),
    HOMESLICE_KEY_FILE: SecretFile.describe(
      "File with the secret of the installation, 32 bytes or more. The keys for tokens and jobs are derived from it.",
    ),
    HOMESLICE_CLUSTER_ENROLMENT_FILE: SecretFile.optional().describe(
      "File with a secret by which the agents of a cluster enrol by themselves. Without it, only single-use tokens enrol.",
    ),
    HOMESLICE_ENVIRONMENT: ServerEnvironment.default("prod").describe(
      "Environment of the servers that enrol with the secret of the cluster.",
    ),
    HOMESLICE_PUBLIC_URL: SecureUrl.optional().describe(
      "Address at which browsers reach the orchestrator: its origin alone may use their sessions. Needed for a login by an identity provider.",
    ),
    HOMESLICE_TRUSTED_PROXIES: List.default([]).describe(
      "Addresses or networks, by commas, of the proxies whose `X-Forwarded-For` says who is calling. Default: none.",
    ),
    HOMESLICE_CORS_ORIGINS: List.default([]).describe(
      "Origins, by commas, whose pages may use the API with a bearer token. Default: none.",
    ),
    HOMESLICE_REQUESTS_PER_SECOND: z.coerce
      .number()
      .int()
      .min(0)
      .default(100)
      .describe("Requests in a second by one user or token, at most; ten times as many by a tenant. 0 is no limit."),
    HOMESLICE_BOOTSTRAP_FILE: SecretFile.optional().describe(
      "File with a secret by which the first account, an admin, is made, once.",
    ),
    HOMESLICE_OIDC_ISSUER: SecureUrl.optional().describe(
      "Issuer of the identity provider (OpenID Connect) that people log in at. Without it, only local accounts and tokens do.",
    ),
    HOMESLICE_OIDC_CLIENT_ID: z
      .string()
      .min(1)
      .optional()
      .describe("What the identity provider knows the orchestrator as."),
    HOMESLICE_OIDC_CLIENT_SECRET_FILE: File.optional().describe("File with the secret of that client."),
    HOMESLICE_OIDC_ROLES: GroupRoles.optional().describe(
      'Who may do what, by groups of the identity provider, as JSON: `{"GROUP": {"tenant": "default", "role": "operator"}}`. Whoever is in none of them is refused.',
    ),
    HOMESLICE_MAX_RUNNING: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        "Work that all agents together may have open at once. Without it, each agent's own limit is the only one.",
      ),
    HOMESLICE_MIGRATE: z
      .enum(["true", "false"])
      .default("false")
      .describe("`true` brings the database up to date before serving, instead of `migrate` as a step of its own."),
    HOMESLICE_DASHBOARD_DIR: z
      .string()
      .min(1)
      .optional()
      .describe("Directory of the built dashboard. Without it, there are no pages: the API alone."),
    HOMESLICE_CHECK_URL: z.url().optional().describe("Address of the orchestrator that `check` asks."),
    HOMESLICE_LOG_LEVEL: z
      .enum(["trace", "debug", "info", "warn", "error"])
      .default("info")
      .describe("The least severe messages that are logged."),
  })
  .superRefine((values, context) => {
    if (values.HOMESLICE_OIDC_ISSUER === undefined) return;
    for (const name of [
      "HOMESLICE_OIDC_CLIENT_ID",
      "HOMESLICE_OIDC_CLIENT_SECRET_FILE",
      "HOMESLICE_OIDC_ROLES",
      "HOMESLICE_PUBLIC_URL",
    ] as const) {
      if (values[name] === undefined)
        context.addIssue({ code: "custom", path: [name], message: "is needed with HOMESLICE_OIDC_ISSUER" });
    }
  });

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

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly database: DatabaseSettings;
  /** Carries live updates between replicas; without it, the database does. */
  readonly redis: RedisSettings | undefined;
  /** The secret of the installation. */
  readonly secret: Uint8Array;
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
    clusterEnrolment: values.HOMESLICE_CLUSTER_ENROLMENT_FILE,
    environment: values.HOMESLICE_ENVIRONMENT,
    publicUrl: values.HOMESLICE_PUBLIC_URL,
    trustedProxies: values.HOMESLICE_TRUSTED_PROXIES,
    corsOrigins: values.HOMESLICE_CORS_ORIGINS,
    requestsPerSecond: values.HOMESLICE_REQUESTS_PER_SECOND,
    bootstrap: values.HOMESLICE_BOOTSTRAP_FILE,
    oidc: oidcSettings(values),
    maxRunning: values.HOMESLICE_MAX_RUNNING,
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
