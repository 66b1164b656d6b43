import { basename, dirname } from "node:path";
import { syncDirectory } from "../files.ts";
import { Journal } from "../journal/journal.ts";
import { givenSecrets } from "../operations/shellCommand/secrets.ts";
import { type IndexEnd, OutputFiles, streams } from "../output/outputFiles.ts";
import { Redactor } from "../output/redactor.ts";
import type { Vault } from "./vault.ts";
import type { Workshop } from "./workshop.ts";

/** What an attempt has on disk, and the secrets that are kept out of it. */
export interface Records {
  readonly directory: string;
  readonly journal: Journal;
  readonly files: OutputFiles;
  readonly end: IndexEnd;
  readonly redactor: Redactor;
}

export async function openRecords(
  directory: string,
  { secretsDir, vault }: Pick<Workshop, "secretsDir" | "vault">,
): Promise<Records> {
  const { files, end } = await OutputFiles.open(directory);
  try {
    const redactor = await Redactor.of([secretsDir, vault.directoryOf(basename(directory))]);
    return { directory, files, end, redactor, journal: await Journal.open(directory) };
  } catch (error) {
    await files.close();
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

export async function closeRecords({ files, journal }: Records): Promise<void> {
  await Promise.all([files.close(), journal.close()]);
}
