import { readFileSync } from "node:fs";
import {
  DEFAULT_TENANT,
  MIN_SECRET_BYTES,
  Role,
  Environment as ServerEnvironment,
  TenantId,
} from "@homeslice/protocol";
import { z } from "zod";

const Port = z.coerce.number().int().min(0).max(65_535);
const Days = z.coerce.number().int().min(0).max(36_500);
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

const SealingKeys = File.transform((text) => text.split("\n").filter((line) => line !== "")).refine(
  (lines) => lines.every((line) => Buffer.byteLength(line) >= MIN_SECRET_BYTES),
  `must hold a secret of ${MIN_SECRET_BYTES} bytes or more on each line`,
);

const isLoopback = ({ hostname }: URL) => ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
const SecureUrl = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.protocol === "https:" || isLoopback(url), "must be https://, except on this machine");
/** The address of a server inside of our own network. */
const HttpUrl = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text));
const List = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);
/** Roles by groups of the identity provider. */
export const GroupRoles = z
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
      .min(3)
      .max(200)
      .default(10)
      .describe("Database connections of one orchestrator, at most; one of them is for claiming work."),
    HOMESLICE_REDIS_HOST: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Host of the Redis that carries live updates between replicas, and their rate limits. Without it, PostgreSQL carries the updates, and each replica limits by itself.",
      ),
    HOMESLICE_REDIS_PORT: Port.default(6_379).describe("Port of the Redis server."),
    HOMESLICE_REDIS_PASSWORD_FILE: File.optional().describe("File with the password of the Redis server."),
    HOMESLICE_KEY_FILE: SecretFile.describe(
      "File with the secret of the installation, 32 bytes or more. The keys for tokens and jobs are derived from it.",
    ),
    HOMESLICE_SEALING_KEYS_FILE: SealingKeys.default([]).describe(
      "File with secrets of their own, 32 bytes or more on a line each, for what the database holds sealed: the first seals, all open. Default: one derived from the secret of the installation, which always opens, too.",
    ),
    HOMESLICE_SECRET_VARIABLES: List.default([]).describe(
      "Environment variables, by commas, that secrets may be taken from. Default: none.",
    ),
    HOMESLICE_SECRET_DIR: z
      .string()
      .startsWith("/", "give an absolute path")
      .optional()
      .describe(
        "Directory that secrets may be taken from: Secrets of Kubernetes are mounted there, each in a directory of its own. Default: none.",
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
    HOMESLICE_RETENTION_EXECUTIONS_DAYS: Days.default(90).describe(
      "Days that ended executions are kept, with all their results. 0 keeps them for ever.",
    ),
    HOMESLICE_RETENTION_OUTPUT_DAYS: Days.default(30).describe(
      "Days that the output of ended executions is kept; it goes by whole days (UTC). 0 keeps it as long as the executions.",
    ),
    HOMESLICE_RETENTION_AUDIT_DAYS: Days.default(365).describe("Days that the audit log is kept. 0 keeps it for ever."),
    HOMESLICE_MAIL_URL_FILE: File.pipe(z.url({ protocol: /^smtps?$/ }))
      .optional()
      .describe(
        "File with the address of a mail server, `smtp://` or `smtps://` with user and password. Without it, no e-mail is sent.",
      ),
    HOMESLICE_MAIL_FROM: z.email().optional().describe("Whom e-mail is from. Needed with a mail server."),
    HOMESLICE_NOTIFY_NETWORKS: List.pipe(z.array(z.union([z.cidrv4(), z.cidrv6()])))
      .default([])
      .describe(
        "Internal networks (CIDR), by commas, into which notifications may go. Default: none, only public addresses.",
      ),
    HOMESLICE_PROMETHEUS_URL: HttpUrl.optional().describe(
      "Address of the Prometheus that measures the platform, for what the dashboard shows of it. Default: none is asked.",
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
    const needed = (name: keyof typeof values, by: string) => {
      if (values[name] === undefined)
        context.addIssue({ code: "custom", path: [name], message: `is needed with ${by}` });
    };
    if (values.HOMESLICE_MAIL_URL_FILE !== undefined) needed("HOMESLICE_MAIL_FROM", "HOMESLICE_MAIL_URL_FILE");
    if (values.HOMESLICE_OIDC_ISSUER === undefined) return;
    for (const name of [
      "HOMESLICE_OIDC_CLIENT_ID",
      "HOMESLICE_OIDC_CLIENT_SECRET_FILE",
      "HOMESLICE_OIDC_ROLES",
      "HOMESLICE_PUBLIC_URL",
    ] as const) {
      needed(name, "HOMESLICE_OIDC_ISSUER");
    }
  });
