import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import { Standby } from "./standby.ts";
import type { Workshop } from "./workshop.ts";

interface StandbysOptions {
  /** In which the attempts have theirs. */
  readonly directory: string;
  /** How many wait, 0 for none. */
  readonly size: number;
  readonly isIdle: () => boolean;
}

/**
 * Shims that wait for commands: making control groups, namespaces and mounts takes the kernel far longer than starting
 * a command in them, and is done before there is one. They are made while nothing else is done, for whatever is done then
 * waits for the same locks and flushes.
 */
export class Standbys {
  readonly #options: StandbysOptions;
  readonly #serverId: string;
  readonly #shop: Workshop;
  #waiting: Standby[] = [];
  #closed = false;
  #work: Promise<void> = Promise.resolve();
  #callOff = () => {};

  constructor(options: StandbysOptions, serverId: string, shop: Workshop) {
    this.#options = options;
    this.#serverId = serverId;
    this.#shop = shop;
  }

  /** Begins once the directory holds nothing else that is without a job. */
  start(): void {
    if (this.#options.size > 0) this.#fillIn(0);
  }

  /** The one that has waited longest; another follows it soon. */
  take(): Standby | undefined {
    const standby = this.#waiting.shift();
    if (standby !== undefined) this.#fillIn(this.#shop.timings.standbyPause);
    return standby;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#callOff();
    await this.#work;
    await Promise.all(this.#waiting.map((standby) => standby.discard()));
    this.#waiting = [];
  }

  #fillIn(milliseconds: number): void {
    this.#callOff();
    this.#callOff = this.#shop.clock.after(milliseconds, () => {
      this.#work = this.#work.then(() => this.#fill()).catch((error: unknown) => this.#warn(error));
    });
  }

  async #fill(): Promise<void> {
    if (this.#closed) return;
    const { directory, size, isIdle } = this.#options;
    const { standbyAge, standbyPause } = this.#shop.timings;
    if (!isIdle()) return this.#fillIn(standbyPause);
    this.#fillIn(standbyAge);
    const stale = this.#waiting.filter(({ isFresh }) => !isFresh);
    this.#waiting = this.#waiting.filter(({ isFresh }) => isFresh);
    await Promise.all(stale.map((standby) => standby.discard()));
    if (this.#waiting.length >= size) return;
    const standby = await Standby.open(join(directory, `standby.${randomUUID()}`), this.#serverId, this.#shop);
    if (standby === undefined) return;
    this.#waiting.push(standby);
    if (this.#waiting.length < size) this.#fillIn(standbyPause);
  }

  #warn(error: unknown): void {
    if (!this.#closed) this.#shop.log.warn({ error: messageOf(error) }, "commands will take longer to start");
  }
}
