import { readFileSync } from "node:fs";
import { MIN_SECRET_BYTES } from "@homeslice/protocol";
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

/** Every environment variable that the orchestrator reads. A name that ends in `_FILE` holds the path of a file. */
const Environment = z.object({
  /** Address to listen on. Default 127.0.0.1: reachable from this machine only. */
  HOMESLICE_HOST: z.string().default("127.0.0.1"),
  /** Port to listen on; 0 takes any free one. Default 8080. */
  HOMESLICE_PORT: Port.default(8_080),
  /** URL under which people and agents reach the orchestrator. Default: the address it listens on. */
  HOMESLICE_PUBLIC_URL: z.url().optional(),
  HOMESLICE_DATABASE_HOST: z.string().min(1),
  HOMESLICE_DATABASE_PORT: Port.default(5_432),
  HOMESLICE_DATABASE_NAME: z.string().min(1).default("homeslice"),
  HOMESLICE_DATABASE_USER: z.string().min(1).default("homeslice"),
  HOMESLICE_DATABASE_PASSWORD_FILE: File,
  /** Schema of the database that everything lives in. Default `public`. */
  HOMESLICE_DATABASE_SCHEMA: z.string().min(1).default("public"),
  /** Database connections at most. Default 10. */
  HOMESLICE_DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(10),
  /** The secret of the installation, 32 bytes or more: keys for tokens and jobs are derived from it. */
  HOMESLICE_KEY_FILE: File.refine(
    (secret) => Buffer.byteLength(secret) >= MIN_SECRET_BYTES,
    `must hold a secret of ${MIN_SECRET_BYTES} bytes or more`,
  ),
  /** A secret with which the agents of a cluster enrol by themselves. Default: only single-use tokens enrol. */
  HOMESLICE_CLUSTER_ENROLMENT_FILE: File.refine(
    (secret) => Buffer.byteLength(secret) >= MIN_SECRET_BYTES,
    `must hold a secret of ${MIN_SECRET_BYTES} bytes or more`,
  ).optional(),
  /** `true`: bring the database up to date before serving. Default `false`: `migrate` is run as a step of its own. */
  HOMESLICE_MIGRATE: z.enum(["true", "false"]).default("false"),
  HOMESLICE_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error"]).default("info"),
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

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly database: DatabaseSettings;
  /** The secret of the installation. */
  readonly secret: Uint8Array;
  readonly clusterEnrolment: string | undefined;
  readonly migrate: boolean;
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
    publicUrl: values.HOMESLICE_PUBLIC_URL,
    database: {
      host: values.HOMESLICE_DATABASE_HOST,
      port: values.HOMESLICE_DATABASE_PORT,
      name: values.HOMESLICE_DATABASE_NAME,
      user: values.HOMESLICE_DATABASE_USER,
      password: values.HOMESLICE_DATABASE_PASSWORD_FILE,
      schema: values.HOMESLICE_DATABASE_SCHEMA,
      connections: values.HOMESLICE_DATABASE_CONNECTIONS,
    },
    secret: Buffer.from(values.HOMESLICE_KEY_FILE),
    clusterEnrolment: values.HOMESLICE_CLUSTER_ENROLMENT_FILE,
    migrate: values.HOMESLICE_MIGRATE === "true",
    logLevel: values.HOMESLICE_LOG_LEVEL,
  };
}
