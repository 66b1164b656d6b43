import { readFileSync, writeFileSync } from "node:fs";
import { Fleet } from "../rig/fleet.ts";
import { Installation, type OrchestratorDaemon } from "../rig/installation.ts";
import { RealAgent } from "../rig/realAgent.ts";
import { SettableClock } from "../rig/settableClock.ts";
import { SmallDisk } from "../rig/smallDisk.ts";
import { TestRedis } from "../support/redis.ts";
import { TcpProxy } from "../support/tcpProxy.ts";
import { History } from "./history.ts";

const PATIENT_DISK_MB = 64;
const DATABASE_DISK_MB = 4_096;

/** One orchestrator, and the network between it and its database. */
export interface Replica {
  readonly daemon: OrchestratorDaemon;
  readonly database: TcpProxy;
}

/** What there is once the scene is set; what this machine cannot have is undefined. */
interface Cast {
  readonly installation: Installation;
  readonly replicas: readonly Replica[];
  /** The network between agents and orchestrators. */
  readonly network: TcpProxy;
  /** Two agents whose commands always succeed. */
  readonly agents: readonly RealAgent[];
  /** An agent whose commands misbehave. */
  readonly patient: RealAgent;
  readonly patientDisk: SmallDisk | undefined;
  readonly databaseDisk: SmallDisk | undefined;
  /** The wall clocks of orchestrators and agents. */
  readonly clocks: readonly SettableClock[];
  /** Simulated agents, which are there for being many. */
  readonly fleet: Fleet;
  /** Where there is none, the database carries what it would. */
  readonly redis: TestRedis | undefined;
  /** What this machine cannot have, and why. */
  readonly missing: readonly string[];
}

/** All that takes part: two orchestrators behind one address, their database and bus, and agents. */
export class Scene {
  readonly cast: Cast;
  readonly history: History;
  /** A line for each command that was started, written by the command itself: execution, server, attempt. */
  readonly startsFile: string;
  /** Executions whose processes are to be gone when they have ended. */
  readonly unruly = new Set<string>();
  /** The workflow that is run while faults strike, once it is defined. */
  workflow: string | undefined;
  /** Runs of it that are not in the history yet. */
  readonly runs = new Set<string>();
  /** An orchestrator that is stopped at the moment. */
  frozen: Replica | undefined;
  /** What is being mended while other faults strike. */
  readonly #mending = new Map<string, Promise<void>>();
  #readMoves = 0;
  #readStarts = 0;

  static async open(fleetSize: number): Promise<Scene> {
    const installation = await Installation.open({ databaseDiskMb: DATABASE_DISK_MB });
    const redis = await findRedis(installation);
    const library = SettableClock.findLibrary();
    const clocks: SettableClock[] = [];
    const clockFor = (name: string) => {
      if ("missing" in library) return {};
      const clock = new SettableClock(library.path, installation.path(`${name}.clock`));
      clocks.push(clock);
      return clock.environment;
    };
    const replicas = await startReplicas(installation, redis, clockFor);
    const network = await TcpProxy.open(replicas.map(({ daemon }) => portOf(daemon)));
    const url = `http://127.0.0.1:${network.port}`;
    const patientDisk = SmallDisk.mount(installation.path("patient"), PATIENT_DISK_MB, installation.guard);
    const [first, second, patient] = await Promise.all([
      RealAgent.enrol(installation, url, { name: "agent-1", environment: { ...telling, ...clockFor("agent-1") } }),
      RealAgent.enrol(installation, url, { name: "agent-2", environment: { ...telling, ...clockFor("agent-2") } }),
      RealAgent.enrol(installation, url, { name: "patient", environment: telling }),
    ]);
    const fleet = new Fleet(installation, [url]);
    if (fleetSize > 0) await fleet.grow(fleetSize);
    await installation.query(RECORD_MOVES);
    const found = { library, patientDisk, databaseDisk: installation.databaseDisk, redis };
    return new Scene({
      installation,
      replicas,
      network,
      agents: [first, second],
      patient,
      clocks,
      fleet,
      patientDisk: "missing" in patientDisk ? undefined : patientDisk,
      databaseDisk: "missing" in installation.databaseDisk ? undefined : installation.databaseDisk,
      redis: "missing" in redis ? undefined : redis,
      missing: Object.values(found).flatMap((one) => ("missing" in one ? [one.missing] : [])),
    });
  }

  private constructor(cast: Cast) {
    this.cast = cast;
    this.history = new History(cast.installation.path("history.ndjson"));
    this.startsFile = cast.installation.path("starts");
    writeFileSync(this.startsFile, "");
  }

  /** Lets a part be mended in its own time; `mended` hears of it when that fails. */
  mend(part: string, mending: Promise<void>): void {
    mending.catch(() => undefined);
    this.#mending.set(part, mending);
  }

  /** Waits until some parts are well again. Default: all of them. */
  async mended(...parts: string[]): Promise<void> {
    const waited = parts.length === 0 ? [...this.#mending.keys()] : parts;
    await Promise.all(waited.map((part) => this.#mending.get(part)));
  }

  /** New connections of agents go to these orchestrators alone. */
  route(replicas: readonly Replica[]): void {
    this.cast.network.aim(replicas.map(({ daemon }) => portOf(daemon)));
  }

  /** Takes what was committed and started since the last time into the history. */
  async record(): Promise<void> {
    const moves = await this.cast.installation.query<{
      move_id: number;
      execution: string;
      server: string;
      fence: number;
      state: string;
      error: string | null;
    }>(
      "select move_id, execution_id as execution, server_id as server, fence, state, error from recorded_moves where move_id > $1 order by move_id",
      [this.#readMoves],
    );
    this.#readMoves = moves.at(-1)?.move_id ?? this.#readMoves;
    this.history.add(moves.map(({ move_id: _, ...move }) => ({ type: "moved", ...move })));
    const started = readFileSync(this.startsFile, "utf8").split("\n").slice(0, -1);
    this.history.add(started.slice(this.#readStarts).map(startOf));
    this.#readStarts = started.length;
  }

  async close(): Promise<void> {
    const { fleet, network, replicas, redis, installation } = this.cast;
    fleet.close();
    network.close();
    for (const { database } of replicas) database.close();
    await redis?.kill();
    await installation.close();
  }
}

function startOf(line: string) {
  const [execution = "", server = "", fence] = line.split(" ");
  return { type: "started" as const, execution, server, fence: Number(fence) };
}

/** The agents say what became of each attempt. */
const telling = { HOMESLICE_LOG_LEVEL: "info" };

/** Every change of a state, in the transaction that makes it. */
const RECORD_MOVES = `
  create table recorded_moves (move_id bigserial primary key, execution_id uuid, server_id uuid, fence integer, state text, error text);
  create function record_move() returns trigger language plpgsql as $$ begin
    insert into recorded_moves (execution_id, server_id, fence, state, error)
    values (new.execution_id, new.server_id, new.fence, new.state, new.error);
    return null;
  end $$;
  create trigger record_insert after insert on execution_targets for each row execute function record_move();
  create trigger record_update after update on execution_targets for each row
    when (old.state is distinct from new.state) execute function record_move()`;

function portOf({ url }: OrchestratorDaemon): number {
  return Number(new URL(url).port);
}

type Found = TestRedis | { readonly missing: string };

async function startReplicas(
  installation: Installation,
  redis: Found,
  clockFor: (name: string) => Readonly<Record<string, string>>,
): Promise<Replica[]> {
  return await Promise.all(
    ["orchestrator-a", "orchestrator-b"].map(async (name) => {
      const database = await TcpProxy.open([installation.postgresPort]);
      const daemon = await installation.orchestrator(name, {
        HOMESLICE_DATABASE_PORT: String(database.port),
        HOMESLICE_REQUESTS_PER_SECOND: "0",
        ...redisEnvironment(redis, installation),
        ...clockFor(name),
      });
      await daemon.start();
      return { daemon, database };
    }),
  );
}

async function findRedis(installation: Installation): Promise<Found> {
  const redis = await TestRedis.find();
  if ("missing" in redis) return redis;
  await redis.start();
  installation.guard.add(redis.child);
  writeFileSync(installation.path("redis-password"), redis.password, { mode: 0o600 });
  return redis;
}

function redisEnvironment(redis: Found, installation: Installation): Record<string, string> {
  if ("missing" in redis) return {};
  return {
    HOMESLICE_REDIS_HOST: redis.host,
    HOMESLICE_REDIS_PORT: String(redis.port),
    HOMESLICE_REDIS_PASSWORD_FILE: installation.path("redis-password"),
  };
}
