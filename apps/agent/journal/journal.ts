import { join } from "node:path";
import type { Finish, Job } from "@homeslice/protocol/link.ts";
import type { Logger } from "pino";
import { messageOf } from "../errors.ts";
import { RecordFile } from "./recordFile.ts";
import { JournalRecord } from "./records.ts";

type RecordOf<T extends JournalRecord["type"]> = Extract<JournalRecord, { type: T }>;

/** The latest record of each kind: where the attempt is. */
export interface Progress {
  job?: Job;
  acceptedAt?: string;
  starting?: RecordOf<"starting">;
  started?: RecordOf<"started">;
  stopping?: RecordOf<"stopping">;
  finish?: Finish;
}

/** The journal of one attempt. Whoever makes one makes the entry of its file durable. */
export class Journal {
  readonly progress: Progress = {};
  readonly #file: RecordFile<JournalRecord>;

  static async open(directory: string): Promise<Journal> {
    const records: JournalRecord[] = [];
    const path = join(directory, "journal.ndjson");
    const journal = new Journal(await RecordFile.open(path, JournalRecord, ({ record }) => records.push(record)));
    for (const record of records) journal.#note(record);
    return journal;
  }

  private constructor(file: RecordFile<JournalRecord>) {
    this.#file = file;
  }

  /** Adds records, which are on disk together afterwards. */
  async append(...records: readonly JournalRecord[]): Promise<void> {
    await this.#file.append(records);
    for (const record of records) this.#note(record);
  }

  /** The same where one goes on without it. @returns whether it is on disk; the log says why not */
  async appendIfPossible(record: JournalRecord, log: Logger): Promise<boolean> {
    try {
      await this.append(record);
      return true;
    } catch (error) {
      log.error({ error: messageOf(error), record: record.type }, "the journal cannot be written");
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #note(record: JournalRecord): void {
    switch (record.type) {
      case "accepted":
        this.progress.job = record.job;
        this.progress.acceptedAt = record.at;
        break;
      case "starting":
        this.progress.starting = record;
        break;
      case "started":
        this.progress.started = record;
        break;
      case "stopping":
        this.progress.stopping = record;
        break;
      case "finished":
        this.progress.finish = record.finish;
        break;
    }
  }
}
