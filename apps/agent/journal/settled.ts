import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt, Finish } from "@homeslice/protocol/link.ts";
import type { Logger } from "pino";
import { messageOf } from "../errors.ts";
import { RecordFile } from "./recordFile.ts";
import { SettledRecord } from "./records.ts";

const LIMIT = 10_000;

/**
 * The attempts that are over and done with, so that a job which arrives again is known and not run again. An entry is
 * kept until its job has expired; at most 10,000, the oldest leave first.
 */
export class Settled {
  readonly #path: string;
  readonly #latest = new Map<string, SettledRecord>();
  #file: RecordFile<SettledRecord>;

  static async open(stateDir: string, now: Date, log: Logger): Promise<Settled> {
    const path = join(stateDir, "settled.ndjson");
    const records: SettledRecord[] = [];
    const file = await RecordFile.open(path, SettledRecord, ({ record }) => records.push(record));
    const settled = new Settled(path, file);
    for (const record of records) if (Date.parse(record.not_after) > now.getTime()) settled.#note(record);
    try {
      await settled.#compact();
    } catch (error) {
      // The file is as good as it was, only longer: on a full disk, an agent that does not start helps nobody.
      log.warn({ error: messageOf(error) }, "the list of settled attempts cannot be shortened");
    }
    return settled;
  }

  private constructor(path: string, file: RecordFile<SettledRecord>) {
    this.#path = path;
    this.#file = file;
  }

  /** The highest fence of an execution that was settled here, 0 when there is none. */
  fence(executionId: string): number {
    return this.#latest.get(executionId)?.finish.fence ?? 0;
  }

  /** How a settled attempt ended. */
  find(attempt: Attempt): Finish | undefined {
    const finish = this.#latest.get(attempt.execution_id)?.finish;
    return finish?.fence === attempt.fence ? finish : undefined;
  }

  async add(record: SettledRecord): Promise<void> {
    if (record.finish.fence < this.fence(record.finish.execution_id)) return;
    await this.#file.append([record]);
    this.#note(record);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #note(record: SettledRecord): void {
    const id = record.finish.execution_id;
    this.#latest.delete(id);
    this.#latest.set(id, record);
    if (this.#latest.size <= LIMIT) return;
    const oldest = this.#latest.keys().next();
    if (!oldest.done) this.#latest.delete(oldest.value);
  }

  async #compact(): Promise<void> {
    const next = `${this.#path}.next`;
    await rm(next, { force: true });
    const compacted = await RecordFile.open(next, SettledRecord, () => {});
    try {
      if (this.#latest.size > 0) await compacted.append([...this.#latest.values()]);
      await rename(next, this.#path);
    } catch (error) {
      await compacted.close();
      await rm(next, { force: true });
      throw error;
    }
    await this.#file.close();
    this.#file = compacted;
  }
}
