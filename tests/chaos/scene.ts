import { readFileSync, writeFileSync } from "node:fs";
import { Fleet } from "../rig/fleet.ts";
import { Installation, type OrchestratorDaemon } from "../rig/installation.ts";
import { RealAgent } from "../rig/realAgent.ts";
import { TestRedis } from "../support/redis.ts";
import { TcpProxy } from "../support/tcpProxy.ts";
import { History } from "./history.ts";

const AGENTS = 2;

/** One orchestrator, and the network between it and its database. */
export interface Replica {
  readonly daemon: OrchestratorDaemon;
  readonly database: TcpProxy;
}

/** All that takes part: two orchestrators behind one address, their database and bus, and agents. */
export class Scene {
  readonly installation: Installation;
  readonly replicas: readonly Replica[];
  /** The network between agents and orchestrators. */
  readonly network: TcpProxy;
  readonly agents: readonly RealAgent[];
  /** Simulated agents, which are there for being many. */
  readonly fleet: Fleet;
  /** Where one can be had: elsewhere the database carries what it would. */
  readonly redis: TestRedis | undefined;
  readonly history: History;
  /** A line for each command that was started, written by the command itself: its working directory. */
  readonly startsFile: string;
  #readMoves = 0;
  #readStarts = 0;

  static async open(fleetSize: number): Promise<Scene> {
    const installation = await Installation.open();
    const redis = await findRedis(installation);
    const replicas: Replica[] = [];
    for (const name of ["orchestrator-a", "orchestrator-b"]) {
      const database = await TcpProxy.open([installation.postgresPort]);
      const daemon = await installation.orchestrator(name, {
        HOMESLICE_DATABASE_PORT: String(database.port),
        ...redisEnvironment(redis, installation),
      });
      await daemon.start();
      replicas.push({ daemon, database });
    }
    const network = await TcpProxy.open(replicas.map(({ daemon }) => portOf(daemon)));
    const url = `http://127.0.0.1:${network.port}`;
    const agents: RealAgent[] = [];
    for (let i = 1; i <= AGENTS; i++) agents.push(await RealAgent.enrol(installation, url, `agent-${i}`));
    const fleet = new Fleet(installation, [url]);
    if (fleetSize > 0) await fleet.grow(fleetSize);
    await installation.query(RECORD_MOVES);
    return new Scene(installation, replicas, network, agents, fleet, redis);
  }

  private constructor(
    installation: Installation,
    replicas: readonly Replica[],
    network: TcpProxy,
    agents: readonly RealAgent[],
    fleet: Fleet,
    redis: TestRedis | undefined,
  ) {
    this.installation = installation;
    this.replicas = replicas;
    this.network = network;
    this.agents = agents;
    this.fleet = fleet;
    this.redis = redis;
    this.history = new History(installation.path("history.ndjson"));
    this.startsFile = installation.path("starts");
    writeFileSync(this.startsFile, "");
  }

  /** New connections of agents go to these orchestrators alone. */
  route(replicas: readonly Replica[]): void {
    this.network.aim(replicas.map(({ daemon }) => portOf(daemon)));
  }

  /** Takes what was committed and started since the last time into the history. */
  async record(): Promise<void> {
    const moves = await this.installation.query<{
      move_id: number;
      execution: string;
      server: string;
      fence: number;
      state: string;
    }>(
      "select move_id, execution_id as execution, server_id as server, fence, state from recorded_moves where move_id > $1 order by move_id",
      [this.#readMoves],
    );
    this.#readMoves = moves.at(-1)?.move_id ?? this.#readMoves;
    this.history.add(moves.map(({ move_id: _, ...move }) => ({ type: "moved", ...move })));
    const started = readFileSync(this.startsFile, "utf8").split("\n").slice(0, -1);
    this.history.add(started.slice(this.#readStarts).map((directory) => this.#start(directory)));
    this.#readStarts = started.length;
  }

  async close(): Promise<void> {
    this.fleet.close();
    this.network.close();
    for (const { database } of this.replicas) database.close();
    await this.redis?.kill();
    await this.installation.close();
  }

  /** @param directory …/AGENT/state/jobs/EXECUTION.FENCE/work */
  #start(directory: string) {
    const agent = this.agents.find(({ stateDir }) => directory.startsWith(`${stateDir}/`));
    const [execution = "", fence] = directory.split("/").at(-2)?.split(".") ?? [];
    return { type: "started" as const, execution, server: agent?.serverId ?? directory, fence: Number(fence) };
  }
}

/** Every change of a state, in the transaction that makes it. */
const RECORD_MOVES = `
  create table recorded_moves (move_id bigserial primary key, execution_id uuid, server_id uuid, fence integer, state text);
  create function record_move() returns trigger language plpgsql as $$ begin
    insert into recorded_moves (execution_id, server_id, fence, state)
    values (new.execution_id, new.server_id, new.fence, new.state);
    return null;
  end $$;
  create trigger record_insert after insert on execution_targets for each row execute function record_move();
  create trigger record_update after update on execution_targets for each row
    when (old.state is distinct from new.state) execute function record_move()`;

function portOf({ url }: OrchestratorDaemon): number {
  return Number(new URL(url).port);
}

async function findRedis(installation: Installation): Promise<TestRedis | undefined> {
  const redis = await TestRedis.find();
  if ("missing" in redis) return undefined;
  await redis.start();
  installation.guard.add(redis.child);
  writeFileSync(installation.path("redis-password"), redis.password, { mode: 0o600 });
  return redis;
}

function redisEnvironment(redis: TestRedis | undefined, installation: Installation): Record<string, string> {
  if (redis === undefined) return {};
  return {
    HOMESLICE_REDIS_HOST: redis.host,
    HOMESLICE_REDIS_PORT: String(redis.port),
    HOMESLICE_REDIS_PASSWORD_FILE: installation.path("redis-password"),
  };
}
