import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../cli/agent/files.ts";
import { agentArguments } from "../../cli/agent/program.ts";
import { cacheDirectory } from "../../cli/cluster/home.ts";
import { Daemon } from "./daemon.ts";
import type { Installation } from "./installation.ts";

export interface RealAgentOptions {
  readonly name?: string;
  /** Of the server that is registered. */
  readonly group?: string;
  /** Variables besides its settings. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The real agent, as a process of its own that may run everything. */
export class RealAgent extends Daemon {
  readonly serverId: string;
  /** Its directory: key, identity and journal. */
  readonly stateDir: string;

  /** Registers a server, and starts its agent. @param url where the agent finds the orchestrator */
  static async enrol(installation: Installation, url: string, options: RealAgentOptions = {}): Promise<RealAgent> {
    const { name = "agent", group = null } = options;
    const client = await installation.client(url);
    const body = { hostname: name, environment: "dev", server_group: group } as const;
    const { server, enrolment_token } = await client.call("registerServer", { body });
    return await RealAgent.enrolWith(enrolment_token, server.server_id, installation, url, { ...options, name });
  }

  /** Starts the agent of a server that is registered already, with the token that was given for it. */
  static async enrolWith(
    token: string,
    serverId: string,
    installation: Installation,
    url: string,
    { name = "agent", environment = {} }: RealAgentOptions,
  ): Promise<RealAgent> {
    const directory = installation.path(name);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(join(directory, "token"), token, { mode: 0o600 });
    writeFileSync(join(directory, "policy.yaml"), "commands: all\n", { mode: 0o600 });
    const settings = {
      HOMESLICE_ORCHESTRATOR_URL: url,
      HOMESLICE_ENROLMENT_TOKEN_FILE: join(directory, "token"),
      HOMESLICE_STATE_DIR: join(directory, "state"),
      HOMESLICE_POLICY_FILE: join(directory, "policy.yaml"),
      HOMESLICE_NODE_NAME: name,
      ...environment,
    };
    const agent = new RealAgent(installation, { name, serverId, stateDir: join(directory, "state") }, settings);
    await agent.start();
    return agent;
  }

  /** Starts what `agent install --root` wrote below a directory, in place of its service. */
  static async installed(root: string, serverId: string, installation: Installation, name: string): Promise<RealAgent> {
    const settings = {
      HOMESLICE_CONFIG_FILE: join(root, paths.config),
      HOMESLICE_ENROLMENT_TOKEN_FILE: join(root, paths.token),
      HOMESLICE_STATE_DIR: join(root, paths.state),
      HOMESLICE_POLICY_FILE: join(root, paths.policy),
      HOMESLICE_SECRETS_DIR: join(root, paths.secrets),
    };
    const agent = new RealAgent(installation, { name, serverId, stateDir: join(root, paths.state) }, settings);
    await agent.start();
    return agent;
  }

  private constructor(
    installation: Installation,
    { name, serverId, stateDir }: { name: string; serverId: string; stateDir: string },
    settings: Readonly<Record<string, string>>,
  ) {
    const env = {
      ...process.env,
      HOMESLICE_PORT: "0",
      HOMESLICE_LOG_LEVEL: "warn",
      HOMESLICE_MAX_CONCURRENT_JOBS: "16",
      ...settings,
    };
    const session = async () => {
      const [row] = await installation.query<{ session_id: string }>(
        "select session_id from servers where server_id = $1 and session_expires_at > now()",
        [serverId],
      );
      return row?.session_id;
    };
    // What was noted of an agent that was killed may stand for a while, and says nothing of the next one.
    let before: string | undefined;
    const isConnected = async () => ![undefined, before].includes(await session());
    super(
      {
        name,
        prepare: async () => {
          before = await session();
          const args = await agentArguments(cacheDirectory(process.env));
          return { file: process.execPath, args, options: { env } };
        },
        isReady: isConnected,
        log: installation.path(`${name}.log`),
      },
      installation.guard,
    );
    this.serverId = serverId;
    this.stateDir = stateDir;
  }
}
