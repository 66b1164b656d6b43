import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { problemsOf, StartupError } from "../errors.ts";
import { readConfigFile } from "./configFile.ts";

const BaseUrl = z
  .url({
    protocol: /^https?$/,
    error: "give the base URL of the orchestrator, for example https://orchestrator.home.example.org",
  })
  .transform((url) => url.replace(/\/+$/, ""));

function number(min: number, max: number) {
  return z.coerce.number("give a number").int().min(min).max(max);
}

/** Every environment variable that the agent reads. */
export const Environment = z.object({
  HOMESLICE_ORCHESTRATOR_URL: BaseUrl.describe(
    "Base URL of the orchestrator, http or https; the link is opened to the same place.",
  ),
  HOMESLICE_ENROLMENT_TOKEN_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("File that holds the enrolment token. Needed until the agent is enrolled."),
  HOMESLICE_STATE_DIR: z
    .string()
    .startsWith("/", "give an absolute path")
    .default("/var/lib/homeslice")
    .describe("Directory of the key, the identity and the journal. Only its owner may have access to it."),
  HOMESLICE_POLICY_FILE: z
    .string()
    .startsWith("/", "give an absolute path")
    .optional()
    .describe("What orchestrators may run on this server. Default: policy.yaml in the state directory."),
  HOMESLICE_SECRETS_DIR: z
    .string()
    .startsWith("/", "give an absolute path")
    .optional()
    .describe(
      "Files whose names and contents are the secrets that operations may use. Default: secrets in the state directory.",
    ),
  HOMESLICE_PORT: z.coerce
    .number("give a number")
    .int()
    .min(0)
    .max(65_535)
    .default(8081)
    .describe("Port of /healthz, /readyz and /metrics; 0 takes any free one."),
  HOMESLICE_HOST: z.string().min(1).default("127.0.0.1").describe("Address that port is opened on."),
  HOMESLICE_NODE_NAME: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe("Name under which the server is shown. Default: the host name."),
  HOMESLICE_LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .default("info")
    .describe("Least severe level that is logged."),
  HOMESLICE_LOG_FILE: z
    .string()
    .startsWith("/", "give an absolute path")
    .optional()
    .describe("File that is logged to, and rotated. Default: standard error."),
  HOMESLICE_LOG_FILE_MB: number(1, 10_000)
    .default(10)
    .describe("Size in MiB at which the log file is put aside and a new one begun."),
  HOMESLICE_LOG_FILES: number(1, 100).default(5).describe("Log files that are kept, the current one among them."),
  HOMESLICE_CONFIG_FILE: z
    .string()
    .startsWith("/", "give an absolute path")
    .optional()
    .describe(
      "YAML file with any of these settings, in small letters and without `HOMESLICE_` (`log_level: warn`); " +
        `\`\${NAME}\` and \`\${NAME:-default}\` stand for environment variables. What is in the environment wins.`,
    ),
  HOMESLICE_MAX_CONCURRENT_JOBS: z.coerce
    .number("give a number")
    .int()
    .min(1)
    .max(1_000)
    .default(4)
    .describe("Commands that run at the same time; more of them wait their turn, in order."),
  HOMESLICE_STANDBY_COMMANDS: number(0, 100)
    .default(2)
    .describe(
      "Sandboxes that are made before there is a command for them, so that it starts at once: each is a few processes " +
        "that wait, some 3 MB. A command with limits or variables of its own gets one of its own. 0: none.",
    ),
  HOMESLICE_STOP_JOBS_ON_EXIT: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true")
    .describe(
      "What a stop of the agent means for running commands. `false`: they go on, and the next start takes them up " +
        "again, so that an upgrade of the agent interrupts nothing. `true`: they are ended as cancelled.",
    ),
});

export interface Settings {
  readonly orchestratorUrl: string;
  readonly enrolmentTokenFile: string | undefined;
  readonly stateDir: string;
  readonly policyFile: string;
  readonly secretsDir: string;
  readonly port: number;
  readonly host: string;
  readonly nodeName: string;
  readonly logLevel: string;
  readonly logFile: { readonly path: string; readonly megabytes: number; readonly files: number } | undefined;
  readonly maxConcurrentJobs: number;
  readonly standbyCommands: number;
  readonly stopJobsOnExit: boolean;
}

/** Reads the settings. @throws StartupError that names every setting that is wrong */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const file = environment["HOMESLICE_CONFIG_FILE"];
  const fromFile = file === undefined ? {} : readConfigFile(file, Object.keys(Environment.shape), environment);
  const parsed = Environment.safeParse({ ...fromFile, ...environment });
  if (!parsed.success) throw complain(parsed.error);
  const set = parsed.data;
  return {
    orchestratorUrl: set.HOMESLICE_ORCHESTRATOR_URL,
    enrolmentTokenFile: set.HOMESLICE_ENROLMENT_TOKEN_FILE,
    stateDir: set.HOMESLICE_STATE_DIR,
    policyFile: set.HOMESLICE_POLICY_FILE ?? join(set.HOMESLICE_STATE_DIR, "policy.yaml"),
    secretsDir: set.HOMESLICE_SECRETS_DIR ?? join(set.HOMESLICE_STATE_DIR, "secrets"),
    port: set.HOMESLICE_PORT,
    host: set.HOMESLICE_HOST,
    nodeName: set.HOMESLICE_NODE_NAME ?? hostname(),
    logLevel: set.HOMESLICE_LOG_LEVEL,
    logFile:
      set.HOMESLICE_LOG_FILE === undefined
        ? undefined
        : { path: set.HOMESLICE_LOG_FILE, megabytes: set.HOMESLICE_LOG_FILE_MB, files: set.HOMESLICE_LOG_FILES },
    maxConcurrentJobs: set.HOMESLICE_MAX_CONCURRENT_JOBS,
    standbyCommands: set.HOMESLICE_STANDBY_COMMANDS,
    stopJobsOnExit: set.HOMESLICE_STOP_JOBS_ON_EXIT,
  };
}

function complain(error: z.ZodError): StartupError {
  return new StartupError(
    `The environment of the agent does not fit:\n${problemsOf(error)}`,
    "Correct the settings named above and start the agent again.",
  );
}
