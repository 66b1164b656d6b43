import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Job } from "@homeslice/protocol/link.ts";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import { modifiedAt } from "../files.ts";
import type { Journal, Progress } from "../journal/journal.ts";
import { prepareOperation } from "../operations/index.ts";
import type { Prepared } from "../operations/preparation.ts";
import type { Confinement } from "../sandbox/sandbox.ts";
import { confineIn, hiddenBy } from "./confinement.ts";
import { type Ending, refused } from "./ending.ts";
import { ageOf, bootId } from "./processes.ts";
import { callOff, findShim, NOT_STARTED, type Shim, spawnShim, tokenTaker } from "./shim.ts";
import type { Standby } from "./standby.ts";
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

/** How a command is to be started. */
interface Arrangement {
  readonly prepared: Prepared;
  readonly confinement: Confinement;
  /** What becomes it; without it, it is started anew. */
  readonly ready: Standby | undefined;
}

/**
 * Arranges the start of a job, or says why there is none. Nothing is started.
 * @param standby what waits for it in its directory; unused where it does not suit
 */
export async function arrange(
  job: Job,
  directory: string,
  shop: Workshop,
  standby?: Standby,
): Promise<Arrangement | Ending> {
  const { execution_id: executionId, server_id: serverId, fence: attempt, operation } = job;
  const prepared = await prepareOperation(operation, { executionId, serverId, attempt, directory, shop });
  if ("outcome" in prepared) return prepared;
  try {
    const hidden = await hiddenBy(shop);
    const confinement = await confineIn(directory, shop, prepared, hidden);
    if ("refusal" in confinement) return refused(confinement.refusal, 126);
    const ready = standby?.suits(prepared, confinement, hidden) ? standby : undefined;
    if (ready === undefined) await standby?.close();
    return { prepared, confinement, ready };
  } catch (error) {
    return unstartable(prepared, shop, error);
  }
}

/** Starts what was arranged for. The journal knows of it before the kernel does. */
export async function launch(
  { prepared, confinement, ready }: Arrangement,
  directory: string,
  journal: Journal,
  shop: Workshop,
): Promise<Launched | Ending> {
  try {
    const shim = ready?.start(prepared) ?? (await spawnNow(prepared, confinement, directory, journal, shop));
    const startedMonotonic = shop.clock.monotonic();
    return {
      pid: shim.pid,
      startedAt: shop.clock.now(),
      elapsed: () => (shop.clock.monotonic() - startedMonotonic) / 1_000,
      failed: () => shim.exitCode === NOT_STARTED,
      onExit: (listener) => shim.once("exit", listener),
    };
  } catch (error) {
    return unstartable(prepared, shop, error);
  }
}

function unstartable({ argv }: Prepared, { hostname }: Workshop, error: unknown): Ending {
  return refused(`${argv[0]} could not be started on ${hostname}: ${messageOf(error)}`, 126);
}

async function spawnNow(
  prepared: Prepared,
  { wrapper, groups }: Confinement,
  directory: string,
  journal: Journal,
  shop: Workshop,
): Promise<Shim> {
  const token = `start.${randomUUID()}`;
  const boot_id = await bootId();
  await journal.append({ type: "starting", at: shop.clock.now().toISOString(), token, boot_id, waited: 0 });
  return await spawnShim({ ...prepared, directory, token, groups, argv: [...wrapper, ...prepared.argv] });
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
  const elapsed = await stopwatchOf(directory, starting, taker?.pid, startedAt, shop.clock);
  return { pid: taker?.pid, startedAt, elapsed, failed: () => false, onExit: () => {} };
}

/**
 * Tells how long a command has run that was started before: by the kernel's own clock as long as it runs, and by what
 * its files say when it ended without the agent. The wall clock, which may have been set since, only where neither is.
 */
async function stopwatchOf(
  directory: string,
  { token, waited }: Pick<NonNullable<Progress["starting"]>, "token" | "waited">,
  pid: number | undefined,
  startedAt: Date,
  clock: Clock,
): Promise<() => number> {
  const [began, ended] = [await modifiedAt(join(directory, token)), await modifiedAt(join(directory, "exit"))];
  if (began !== undefined && ended !== undefined) {
    const seconds = Math.max(0, ended - began) / 1_000;
    return () => seconds;
  }
  const shim = pid === undefined ? undefined : await findShim(pid, directory);
  const age = shim && (await ageOf(shim));
  const since = clock.monotonic();
  const before = age === undefined ? (clock.now().getTime() - startedAt.getTime()) / 1_000 : age - waited;
  return () => Math.max(0, before) + (clock.monotonic() - since) / 1_000;
}
