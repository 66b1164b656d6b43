import { setTimeout } from "node:timers/promises";
import { Fleet } from "../rig/fleet.ts";
import { eventually } from "../support/eventually.ts";
import type { Fault } from "./fault.ts";
import { begin, ended } from "./work.ts";

/** Longer than the lease of a link (15 s): the other orchestrator takes its agents over. */
const BEYOND_LEASE_MS = 17_000;
/** Longer than it takes a half-open link to be noticed on either side (10 s). */
const BEYOND_NOTICE_MS = 12_000;
/** Agents that all come back at once, and how long the last of them may take. */
const CROWD = 1_000;
const CROWD_MS = 60_000;
/** Executions whose time is taken during a flood. */
const SAMPLES = 5;
const FLOOD_SECONDS = 4;

/** Faults that take long; those that begin and go on beside the next rounds, and those that want to be alone. */
export const slowFaults = {
  // F4: two of them believe that they hold a link. F5: its event loop does nothing for as long.
  orchestratorFrozen: {
    description: "an orchestrator is stopped for longer than its lease, and goes on as if nothing had been",
    strike: async (scene, random) => {
      const { replicas } = scene.cast;
      const frozen = random.pick(replicas);
      scene.frozen = frozen;
      scene.route(replicas.filter((replica) => replica !== frozen));
      frozen.daemon.signal("SIGSTOP");
      await setTimeout(BEYOND_LEASE_MS);
      frozen.daemon.signal("SIGCONT");
      scene.route(replicas);
      scene.frozen = undefined;
    },
  },
  // F29: commands end meanwhile, and their output and end arrive once.
  linksHalfOpen: {
    description: "nothing passes between agents and orchestrators, and nobody is told",
    strike: async ({ cast: { network } }) => {
      network.freeze();
      await setTimeout(BEYOND_NOTICE_MS);
      network.cut();
      network.thaw();
    },
  },
  // F32
  crowdReturns: {
    description: "a thousand more agents lose their links and come back, all at once",
    strike: async ({ cast: { installation, network } }) => {
      const crowd = new Fleet(installation, [`http://127.0.0.1:${network.port}`]);
      await crowd.grow(CROWD);
      network.cut();
      await eventually(async () => (await crowd.report()).connected < CROWD, "the crowd has lost its links");
      await eventually(async () => (await crowd.report()).connected === CROWD, "the crowd is back", CROWD_MS);
      crowd.close();
    },
  },
  // F34
  outputFlood: {
    description: "an agent floods with output, and the others are not kept waiting",
    strike: async (scene, random) => {
      const { patient, agents } = scene.cast;
      const flood = { script: "yes $(printf %1000s x | tr ' ' x)", timeoutSeconds: FLOOD_SECONDS, mayFail: true };
      await begin(scene, random, { servers: [patient.serverId], ...flood });
      for (let sample = 0; sample < SAMPLES; sample++) {
        const started = performance.now();
        const servers = [random.pick(agents).serverId];
        const execution = await begin(scene, random, { servers, script: "echo 1", lines: 1 });
        await ended(scene, [execution]);
        scene.history.add([{ type: "waited", execution, milliseconds: performance.now() - started }]);
      }
    },
  },
} satisfies Record<string, Fault>;

/** Those beside which others strike, and those that begin when everything before them has ended. */
export const lasting: readonly string[] = ["orchestratorFrozen", "linksHalfOpen"] satisfies (keyof typeof slowFaults)[];
export const alone: readonly string[] = ["crowdReturns", "outputFlood"] satisfies (keyof typeof slowFaults)[];
