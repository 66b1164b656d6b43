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
  readonly standby: {
    takeRecords(): RecordFiles | undefined;
    /** What the journal says of the start, beside the acceptance. */
    startingAt(at: string): Promise<JournalRecord[]>;
    close(): Promise<void>;
  };
  /** What is done in the directory while the journal is written. */
  readonly arranged: Promise<unknown> | undefined;
}

/** Takes on a job: when this returns, its acceptance is on disk. @throws when it cannot be, and leaves nothing behind */
export async function beginRecords(
  directory: string,
  { job, secrets }: Work,
  shop: Workshop,
  ready?: Readiness,
): Promise<Records> {
  let records: Records | undefined;
  const arranged = Promise.allSettled([ready?.arranged]);
  try {
    if (ready === undefined) await mkdir(join(directory, "work"), { recursive: true, mode: 0o700 });
    await shop.vault.put(basename(directory), secrets);
    records = await openRecords(directory, shop, ready?.standby.takeRecords());
    const at = shop.clock.now().toISOString();
    // Both at once: whether the shim has begun is told by its token alone.
    await records.journal.append({ type: "accepted", at, job }, ...((await ready?.standby.startingAt(at)) ?? []));
    if (ready === undefined) await syncRecords(directory);
    return records;
  } catch (error) {
    if (records !== undefined) await closeRecords(records);
    await shop.vault.remove(basename(directory));
    await arranged;
    await ready?.standby.close();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** @param opened the files, where they are open already */
export async function openRecords(
  directory: string,
  { secretsDir, vault }: Pick<Workshop, "secretsDir" | "vault">,
  opened: Promise<RecordFiles> | RecordFiles = openRecordFiles(directory),
): Promise<Records> {
  const files = await opened;
  try {
    return { ...files, redactor: await Redactor.of([secretsDir, vault.directoryOf(basename(directory))]) };
  } catch (error) {
    await closeRecords(files);
    throw error;
  }
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
