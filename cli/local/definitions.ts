import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NODE_FLAGS } from "@homeslice/orchestrator/nodeFlags.ts";
import { agentArguments } from "../agent/program.ts";
import { cacheDirectory } from "../cluster/home.ts";
import { freePort } from "../process/freePort.ts";
import type { ComponentDefinition, Launch } from "./component.ts";
import { buildDashboard } from "./dashboard.ts";
import { enrolWhenNew, isConnected } from "./enrolment.ts";
import type { LocalHome } from "./home.ts";
import { logPath } from "./logFiles.ts";
import { preparePolicy } from "./policy.ts";
import { POSTGRES_ENV, preparePostgres } from "./postgres/index.ts";
import { readSecret } from "./secrets.ts";

const APPS = join(import.meta.dirname, "../../apps");
const DATABASE = "homeslice";

/** The components of local mode, in the order that they are started. */
export async function defineComponents(home: LocalHome, url: URL): Promise<readonly ComponentDefinition[]> {
  const port = await rememberedPort(home);
  const cache = cacheDirectory(process.env);
  const [dashboard, program] = await Promise.all([buildDashboard(cache), agentArguments(cache)]);
  return [await postgresql(home, port), orchestrator(home, url, port, dashboard), agent(home, url, program)];
}

async function postgresql(home: LocalHome, port: number): Promise<ComponentDefinition> {
  const owner = { name: DATABASE, password: readSecret(home.databasePassword) };
  const postgres = await preparePostgres(home.postgresql, owner);
  return {
    name: "postgresql",
    log: logPath(home, "postgresql"),
    async prepare() {
      await postgres.clearLeftovers();
      return { ...postgres.command(port), env: POSTGRES_ENV };
    },
    isReady: postgres.isAccepting,
  };
}

function orchestrator(home: LocalHome, url: URL, postgresqlPort: number, dashboard: string): ComponentDefinition {
  const launch = node([...NODE_FLAGS, join(APPS, "orchestrator/main.ts"), "serve"], {
    HOMESLICE_HOST: url.hostname,
    HOMESLICE_PORT: url.port,
    HOMESLICE_DATABASE_HOST: "127.0.0.1",
    HOMESLICE_DATABASE_PORT: String(postgresqlPort),
    HOMESLICE_DATABASE_NAME: DATABASE,
    HOMESLICE_DATABASE_USER: DATABASE,
    HOMESLICE_DATABASE_PASSWORD_FILE: home.databasePassword,
    HOMESLICE_KEY_FILE: home.key,
    HOMESLICE_MIGRATE: "true",
    HOMESLICE_DASHBOARD_DIR: dashboard,
  });
  return {
    name: "orchestrator",
    log: logPath(home, "orchestrator"),
    prepare: async () => launch,
    isReady: () => answers(new URL("/readyz", url)),
  };
}

function agent(home: LocalHome, url: URL, program: readonly string[]): ComponentDefinition {
  const enrolmentToken = join(home.agent, "enrolment-token");
  const launch = node(program, {
    HOMESLICE_ORCHESTRATOR_URL: url.origin,
    HOMESLICE_ENROLMENT_TOKEN_FILE: enrolmentToken,
    HOMESLICE_STATE_DIR: home.agent,
    HOMESLICE_POLICY_FILE: home.agentPolicy,
    HOMESLICE_PORT: "0",
    HOMESLICE_STOP_JOBS_ON_EXIT: "true",
  });
  return {
    name: "agent",
    log: logPath(home, "agent"),
    async prepare() {
      preparePolicy(home);
      await enrolWhenNew(home, url, enrolmentToken);
      return launch;
    },
    isReady: () => isConnected(home, url),
  };
}

function node(args: readonly string[], settings: NodeJS.ProcessEnv): Launch {
  return { file: process.execPath, args, env: { ...process.env, ...settings } };
}

async function answers(url: URL): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false; // not listening yet
  }
}

/** The same port at every start while it is free, so that tools which look into the database find it again. */
async function rememberedPort(home: LocalHome): Promise<number> {
  const port = await freePort(readPort(home.postgresqlPort));
  writeFileSync(home.postgresqlPort, `${port}\n`, { mode: 0o600 });
  return port;
}

function readPort(path: string): number {
  try {
    const port = Number(readFileSync(path, "utf8"));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
  } catch {
    return 0; // the first start
  }
}
