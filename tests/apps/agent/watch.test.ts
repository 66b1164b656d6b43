import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@homeslice/agent/clock.ts";
import { DirectoryWatch } from "@homeslice/agent/output/watch.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "./harness.ts";

const GATHER = 25;
const LIMIT = 500;

/** Time that passes when a test says so. */
class StillClock implements Clock {
  #time = 1_000;
  readonly #timers = new Set<{ at: number; action: () => void }>();

  now(): Date {
    return new Date(this.#time);
  }

  monotonic(): number {
    return this.#time;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { at: this.#time + milliseconds, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Milliseconds until each of the timers that run. */
  get waits(): number[] {
    return [...this.#timers].map(({ at }) => at - this.#time);
  }

  pass(milliseconds: number): void {
    this.#time += milliseconds;
    for (const timer of [...this.#timers].filter(({ at }) => at <= this.#time)) {
      this.#timers.delete(timer);
      timer.action();
    }
  }
}

let directory: string;
let clock: StillClock;
let watch: DirectoryWatch;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "homeslice-watch-"));
  clock = new StillClock();
  watch = new DirectoryWatch({ directory, often: ["output"], seldom: ["exit"] }, clock);
});
afterEach(async () => {
  watch.close();
  await rm(directory, { recursive: true });
});

async function write(name: string): Promise<void> {
  await appendFile(join(directory, name), "x\n");
}

/** A first change was told, and another one came: it is being gathered. */
async function gathering(): Promise<{ next: Promise<boolean> }> {
  await write("output");
  await watch.next(LIMIT, GATHER);
  const next = watch.next(LIMIT, GATHER);
  await write("output");
  await eventually(() => clock.waits.includes(GATHER));
  return { next };
}

it("tells the first change after a silence at once, though no time passes", async () => {
  await write("output");
  expect(await watch.next(LIMIT, GATHER)).toBe(true);
  clock.pass(GATHER);
  const next = watch.next(LIMIT, GATHER);
  await write("output");
  expect(await next).toBe(true);
});

it("tells changes that follow it together, when the time to gather them is over", async () => {
  const { next } = await gathering();
  await write("output");
  clock.pass(GATHER - 1);
  expect(clock.waits).toEqual([1]);
  clock.pass(1);
  expect(await next).toBe(true);
});

it("gathers no longer than the wait may last", async () => {
  await write("output");
  await watch.next(LIMIT, GATHER);
  const next = watch.next(GATHER - 5, GATHER);
  await write("output");
  clock.pass(GATHER - 5);
  await next;
});

it("tells at once, while it gathers, what changes seldom", async () => {
  const { next } = await gathering();
  await write("exit");
  expect(await next).toBe(false);
});

it("tells every change at once where none is to be gathered", async () => {
  await write("output");
  await watch.next(LIMIT, 0);
  const next = watch.next(LIMIT, 0);
  await write("output");
  expect(await next).toBe(true);
});
