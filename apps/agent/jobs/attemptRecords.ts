import { dirname } from "node:path";
import { syncDirectory } from "../files.ts";
import { Journal } from "../journal/journal.ts";
import { type IndexEnd, OutputFiles } from "../output/outputFiles.ts";
import { Redactor } from "../output/redactor.ts";

/** What an attempt has on disk, and the secrets that are kept out of it. */
export interface Records {
  readonly directory: string;
  readonly journal: Journal;
  readonly files: OutputFiles;
  readonly end: IndexEnd;
  readonly redactor: Redactor;
}

export async function openRecords(directory: string, secretsDir: string): Promise<Records> {
  const { files, end } = await OutputFiles.open(directory);
  try {
    const redactor = await Redactor.of(secretsDir);
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

export async function closeRecords({ files, journal }: Records): Promise<void> {
  await Promise.all([files.close(), journal.close()]);
}
