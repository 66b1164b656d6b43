import { setTimeout } from "node:timers/promises";
import type { Daemon } from "../rig/daemon.ts";
import { eventually } from "../support/eventually.ts";
import type { Fault } from "./fault.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";
import { slowFaults } from "./slowFaults.ts";
import { type UnrulyName, unruly } from "./unruly.ts";
import { begin, ended, PATIENCE_MS } from "./work.ts";

/** How far a clock is set: less than jobs have for being accepted. */
const CLOCK_STEP_SECONDS = 600;
/** The agent whose commands misbehave: what is done to it comes to its end before anything else is. */
const PATIENT = "commands of the patient";

/** Faults that take seconds at most. */
export const quickFaults = {
  // F1, F2: at any moment, also between a commit and what was to follow it.
  orchestratorKilled: {
    description: "kill -9 of an orchestrator",
    strike: async (scene, random) => {
      const candidates = scene.cast.replicas.filter((replica) => replica !== scene.frozen);
      await killAndRestart(scene, random.pick(candidates).daemon, random);
    },
  },
  agentKilled: {
    description: "kill -9 of an agent",
    strike: async (scene, random) =>
      await killAndRestart(scene, random.pick([...scene.cast.agents, scene.cast.patient]), random),
  },
  databaseKilled: {
    description: "kill -9 of PostgreSQL",
    strike: async (scene, random) => {
      const { postgres } = scene.cast.installation;
      await killAndRestart(scene, postgres, random);
      await scene.mended(postgres.name);
    },
  },
  // F14
  connectionsTerminated: {
    description: "every connection of the orchestrators to the database is terminated",
    strike: async ({ cast }) => {
      await cast.installation.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'homeslice%'",
      );
    },
  },
  // F32
  linksCut: {
    description: "every link is cut, and all agents come back at once",
    strike: async ({ cast }) => cast.network.cut(),
  },
  // F23: without persistence.
  redisGone: {
    description: "Redis is gone for a while",
    strike: async ({ cast: { redis, installation } }, random) => {
      await redis?.kill();
      await setTimeout(random.between(100, 1_000));
      if (redis === undefined) return;
      await redis.start();
      installation.guard.add(redis.child);
    },
  },
  // F16
  databaseSilent: {
    description: "an orchestrator hears nothing from its database for a while, and then its connections are gone",
    strike: async ({ cast }, random) => {
      const { database } = random.pick(cast.replicas);
      database.freeze();
      await setTimeout(random.between(500, 2_000));
      database.cut();
      database.thaw();
    },
  },
  // F7
  databaseDiskFull: {
    description: "the disk of PostgreSQL is full for a while",
    strike: async ({ cast: { databaseDisk, installation } }, random) => {
      databaseDisk?.fill();
      await setTimeout(random.between(300, 1_500));
      databaseDisk?.empty();
      await revive(installation.postgres);
    },
  },
  // F7
  agentDiskFull: {
    description: "the disk of an agent is full for a while",
    strike: async (scene, random) => {
      const { patient, patientDisk } = scene.cast;
      await scene.mended(PATIENT);
      patientDisk?.fill();
      const execution = await begin(scene, random, { servers: [patient.serverId], script: ":", mayFail: true });
      await setTimeout(random.between(100, 500));
      patientDisk?.empty();
      scene.mend(PATIENT, expectWell(scene, random, execution));
    },
  },
  // F31
  clockSet: {
    description: "the clock of an orchestrator or an agent is wrong by ten minutes, and then right again",
    strike: async ({ cast: { clocks } }, random) => {
      if (clocks.length === 0) return;
      const clock = random.pick(clocks);
      clock.set(random.pick([-1, 1]) * CLOCK_STEP_SECONDS);
      await setTimeout(random.between(1_000, 2_000));
      clock.set(0);
    },
  },
  unrulyCommand: {
    description: "a command takes all that it can get, or does not end",
    strike: async (scene, random) => {
      const names = Object.keys(unruly).filter((name): name is UnrulyName => name in unruly);
      await misbehave(scene, random, random.pick(names));
    },
  },
} satisfies Record<string, Fault>;

/** Every fault: the quick ones, and those that take longer. */
export const faults = { ...quickFaults, ...slowFaults } satisfies Record<string, Fault>;
export type FaultName = keyof typeof faults;

/** Runs an unruly command beside everything else, and beside the faults that come next. */
async function misbehave(scene: Scene, random: Random, name: UnrulyName): Promise<void> {
  await scene.mended(PATIENT);
  const work = { mayFail: true, timeoutSeconds: 2, ...unruly[name] };
  const execution = await begin(scene, random, { servers: [scene.cast.patient.serverId], ...work });
  scene.unruly.add(execution);
  scene.mend(PATIENT, expectWell(scene, random, execution));
}

/** After what was too much for it, the agent does again what it is asked. */
async function expectWell(scene: Scene, random: Random, execution: string): Promise<void> {
  await ended(scene, [execution]);
  const servers = [scene.cast.patient.serverId];
  await ended(scene, [await begin(scene, random, { servers, script: "echo 1", lines: 1 })]);
}

/** What starts again does so while the next faults strike. */
async function killAndRestart(scene: Scene, daemon: Daemon, random: Random): Promise<void> {
  await scene.mended(daemon.name);
  await daemon.end("SIGKILL");
  await setTimeout(random.between(0, 500));
  scene.mend(daemon.name, revive(daemon));
}

/**
 * Starts what does not run. What a killed PostgreSQL leaves behind ends by itself, and is in the way until then; an agent
 * may wait 20 seconds for an orchestrator that has just lost its database, and another 15 before it asks again.
 */
async function revive(daemon: Daemon): Promise<void> {
  await eventually(
    async () => {
      try {
        if (!daemon.isRunning) await daemon.spawn();
        await daemon.ready();
        return true;
      } catch {
        return false; // it ended again, or what its start asks for is not back yet
      }
    },
    `${daemon.name} is back`,
    PATIENCE_MS,
  );
}
