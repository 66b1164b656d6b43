import { mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncDirectory } from "../files.ts";
import { Journal } from "../journal/journal.ts";
import type { JournalRecord } from "../journal/records.ts";
import { givenSecrets } from "../operations/shellCommand/secrets.ts";
import { type IndexEnd, OutputFiles, streams } from "../output/outputFiles.ts";
import { Redactor } from "../output/redactor.ts";
import type { Vault } from "./vault.ts";
import type { Work } from "./work.ts";
import type { Workshop } from "./workshop.ts";

/** What an attempt has on disk. */
export interface RecordFiles {
  readonly directory: string;
  readonly journal: Journal;
  readonly files: OutputFiles;
  readonly end: IndexEnd;
}

/** The same, and the secrets that are kept out of it. */
export interface Records extends RecordFiles {
  readonly redactor: Redactor;
}

export async function openRecordFiles(directory: string): Promise<RecordFiles> {
  const { files, end } = await OutputFiles.open(directory);
  try {
    return { directory, files, end, journal: await Journal.open(directory) };
  } catch (error) {
    await files.close();
    throw error;
  }
}

/** What was made ready in the directory of an attempt before there was a job for it. */
interface Readiness {
  takeRecords(): RecordFiles | undefined;
  /** What the journal says of the start, beside the acceptance. */
  startingAt(at: string): Promise<JournalRecord>;
}

/**
 * Takes on a job: when this returns, its acceptance is on disk.
 * @throws when it cannot be; the caller then abandons what there is
 */
export async function beginRecords(
  directory: string,
  { job, secrets }: Work,
  shop: Workshop,
  ready?: Readiness,
): Promise<Records> {
  if (ready === undefined) await mkdir(join(directory, "work"), { recursive: true, mode: 0o700 });
  await shop.vault.put(basename(directory), secrets);
  const files = ready?.takeRecords() ?? (await openRecordFiles(directory));
  try {
    const at = shop.clock.now().toISOString();
    // Both at once: whether the shim has begun is told by its token alone.
    const starting = ready === undefined ? [] : [await ready.startingAt(at)];
    await files.journal.append({ type: "accepted", at, job }, ...starting);
    const redactor = redactorOf(directory, shop);
    if (ready === undefined) await syncRecords(directory);
    return { ...files, redactor };
  } catch (error) {
    await closeRecords(files);
    throw error;
  }
}

/** Deletes what there is of an attempt whose acceptance could not be written. */
export async function abandonRecords(directory: string, { vault }: Pick<Workshop, "vault">): Promise<void> {
  await vault.remove(basename(directory));
  await rm(directory, { recursive: true, force: true });
}

export async function openRecords(directory: string, shop: Workshop): Promise<Records> {
  const files = await openRecordFiles(directory);
  try {
    return { ...files, redactor: redactorOf(directory, shop) };
  } catch (error) {
    await closeRecords(files);
    throw error;
  }
}

function redactorOf(directory: string, { secretsDir, vault }: Workshop): Redactor {
  return Redactor.of([secretsDir, vault.directoryOf(basename(directory))]);
}

/**
 * Makes sure that the records are found after a power cut. It costs little after the first of them was written, which
 * has brought about most of it.
 */
export async function syncRecords(directory: string): Promise<void> {
  await Promise.all([syncDirectory(directory), syncDirectory(dirname(directory))]);
}

/**
 * Gives up output that was not read before the host was restarted, of what had secrets in its memory: they are not known
 * any more, and so cannot be covered.
 */
export async function forgetUncoverable({ directory, journal, files, end }: Records, vault: Vault): Promise<void> {
  const { job, finish } = journal.progress;
  if (job === undefined || finish !== undefined || givenSecrets(job.operation).length === 0) return;
  if (await vault.holds(basename(directory))) return;
  for (const stream of streams) await files.discard(stream, end.offsets[stream]);
}

export async function closeRecords({ files, journal }: RecordFiles): Promise<void> {
  await Promise.all([files.close(), journal.close()]);
}
