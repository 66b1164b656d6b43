import { randomUUID } from "node:crypto";
import { basename, join } from "node:path";
import type { Job } from "@homeslice/protocol/link.ts";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import { modifiedAt } from "../files.ts";
import type { Journal } from "../journal/journal.ts";
import { prepareOperation } from "../operations/index.ts";
import { type Ending, refused } from "./ending.ts";
import { ageOf, bootId } from "./processes.ts";
import { callOff, isShim, NOT_STARTED, spawnShim, tokenTaker } from "./shim.ts";
import type { Workshop } from "./workshop.ts";

/** A command whose shim was spawned. */
export interface Launched {
  /** Of the shim; undefined when it died before it could say. */
  readonly pid: number | undefined;
  readonly startedAt: Date;
  /** Seconds since the start. */
  readonly elapsed: () => number;
  /** Whether the shim reported that it did not start the command. */
  readonly failed: () => boolean;
  /** Calls back when the shim is gone, if the kernel tells. */
  readonly onExit: (listener: () => void) => void;
}

/** Starts the operation of a job, or says why not. The journal knows of it before the kernel does. */
export async function launch(
  job: Job,
  directory: string,
  journal: Journal,
  shop: Workshop,
): Promise<Launched | Ending> {
  const { execution_id: executionId, server_id: serverId, operation } = job;
  const prepared = await prepareOperation(operation, { executionId, serverId, directory, shop });
  if ("outcome" in prepared) return prepared;
  const { sandbox, policy, ownPaths, vault } = shop;
  const token = `start.${randomUUID()}`;
  try {
    const confinement = await sandbox.confine({
      ...{
        directory,
        attempt: basename(directory),
        work: join(directory, "work"),
        hidden: [...ownPaths, ...policy().forbiddenPaths],
        shown: [vault.directoryOf(basename(directory))],
      },
      ...{ policy: policy(), limits: prepared.limits, isolate: prepared.isolate },
    });
    if ("refusal" in confinement) return refused(confinement.refusal, 126);
    await journal.append({ type: "starting", at: shop.clock.now().toISOString(), token, boot_id: await bootId() });
    const shim = await spawnShim({
      ...{ directory, token, groups: confinement.groups },
      ...{ ...prepared, argv: [...confinement.wrapper, ...prepared.argv] },
    });
    const startedMonotonic = shop.clock.monotonic();
    return {
      pid: shim.pid,
      startedAt: shop.clock.now(),
      elapsed: () => (shop.clock.monotonic() - startedMonotonic) / 1_000,
      failed: () => shim.exitCode === NOT_STARTED,
      onExit: (listener) => shim.once("exit", listener),
    };
  } catch (error) {
    return refused(`${prepared.argv[0]} could not be started on ${shop.hostname}: ${messageOf(error)}`, 126);
  }
}

/**
 * The command that an earlier process of the agent launched; undefined when it is certain that none was started and
 * none will be.
 */
export async function findLaunched(directory: string, journal: Journal, shop: Workshop): Promise<Launched | undefined> {
  const { starting, started } = journal.progress;
  if (starting === undefined) return undefined;
  // Within one run of the kernel a missing token means that nothing was started; a power cut may have lost the token.
  const sameBoot = starting.boot_id === (await bootId());
  if (started === undefined && sameBoot && (await callOff(directory, starting.token))) return undefined;

  const taker = started ?? (await tokenTaker(directory, starting.token, shop.clock));
  const startedAt = new Date(taker?.at ?? starting.at);
  const elapsed = await stopwatchOf(directory, starting.token, taker?.pid, startedAt, shop.clock);
  return { pid: taker?.pid, startedAt, elapsed, failed: () => false, onExit: () => {} };
}

/**
 * Tells how long a command has run that was started before: by the kernel's own clock as long as it runs, and by what
 * its files say when it ended without the agent. The wall clock, which may have been set since, only where neither is.
 */
async function stopwatchOf(
  directory: string,
  token: string,
  pid: number | undefined,
  startedAt: Date,
  clock: Clock,
): Promise<() => number> {
  const [began, ended] = [await modifiedAt(join(directory, token)), await modifiedAt(join(directory, "exit"))];
  if (began !== undefined && ended !== undefined) {
    const seconds = Math.max(0, ended - began) / 1_000;
    return () => seconds;
  }
  const age = pid !== undefined && (await isShim(pid, directory)) ? await ageOf(pid) : undefined;
  const before = age ?? Math.max(0, clock.now().getTime() - startedAt.getTime()) / 1_000;
  const since = clock.monotonic();
  return () => before + (clock.monotonic() - since) / 1_000;
}
