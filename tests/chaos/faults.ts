import { setTimeout } from "node:timers/promises";
import type { Daemon } from "../rig/daemon.ts";
import { eventually } from "../support/eventually.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

/** Breaks something, and mends it. */
export interface Fault {
  readonly description: string;
  readonly strike: (scene: Scene, random: Random) => Promise<void>;
}

/** Longer than the lease of a link (15 s): the other orchestrator takes its agents over. */
const BEYOND_LEASE_MS = 17_000;
/** Longer than it takes a half-open link to be noticed on either side (10 s). */
const BEYOND_NOTICE_MS = 12_000;

export const faults = {
  orchestratorKilled: {
    description: "kill -9 of an orchestrator",
    strike: async ({ replicas }, random) => await killAndRestart(random.pick(replicas).daemon, random),
  },
  agentKilled: {
    description: "kill -9 of an agent",
    strike: async ({ agents }, random) => await killAndRestart(random.pick(agents), random),
  },
  databaseKilled: {
    description: "kill -9 of PostgreSQL",
    strike: async ({ installation }, random) => await killAndRestart(installation.postgres, random),
  },
  connectionsTerminated: {
    description: "every connection of the orchestrators to the database is terminated",
    strike: async ({ installation }) => {
      await installation.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'homeslice%'",
      );
    },
  },
  linksCut: {
    description: "every link is cut, and all agents come back at once",
    strike: async ({ network }) => network.cut(),
  },
  redisGone: {
    description: "Redis is gone for a while",
    strike: async ({ redis, installation }, random) => {
      await redis?.kill();
      await setTimeout(random.between(100, 1_000));
      if (redis === undefined) return;
      await redis.start();
      installation.guard.add(redis.child);
    },
  },
  databaseSilent: {
    description: "an orchestrator hears nothing from its database for a while, and then its connections are gone",
    strike: async ({ replicas }, random) => {
      const { database } = random.pick(replicas);
      database.freeze();
      await setTimeout(random.between(500, 3_000));
      database.cut();
      database.thaw();
    },
  },
  orchestratorFrozen: {
    description: "an orchestrator is stopped for longer than its lease, and goes on as if nothing had been",
    strike: async (scene, random) => {
      const frozen = random.pick(scene.replicas);
      scene.route(scene.replicas.filter((replica) => replica !== frozen));
      frozen.daemon.signal("SIGSTOP");
      await setTimeout(BEYOND_LEASE_MS);
      frozen.daemon.signal("SIGCONT");
      scene.route(scene.replicas);
    },
  },
  linksHalfOpen: {
    description: "nothing passes between agents and orchestrators, and nobody is told",
    strike: async ({ network }) => {
      network.freeze();
      await setTimeout(BEYOND_NOTICE_MS);
      network.cut();
      network.thaw();
    },
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

/** Those that take seconds at most, and those that wait for a lease to run out. */
export const quickFaults: readonly FaultName[] = [
  "orchestratorKilled",
  "agentKilled",
  "databaseKilled",
  "connectionsTerminated",
  "linksCut",
  "redisGone",
  "databaseSilent",
];
export const slowFaults: readonly FaultName[] = ["orchestratorFrozen", "linksHalfOpen"];

async function killAndRestart(daemon: Daemon, random: Random): Promise<void> {
  await daemon.end("SIGKILL");
  await setTimeout(random.between(0, 500));
  // What a killed PostgreSQL leaves behind ends by itself, and is in the way until then.
  await eventually(async () => {
    await daemon.spawn();
    return await daemon.ready().then(
      () => true,
      () => false,
    );
  }, "it is back");
}
