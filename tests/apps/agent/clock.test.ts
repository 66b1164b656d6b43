import { type Clock, systemClock } from "@homeslice/agent/clock.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bench, eventually } from "./harness.ts";

const HOUR = 3_600_000;

/** A wall clock that somebody sets; time itself goes on as it does. */
class SettableClock implements Clock {
  offset = 0;

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  after(milliseconds: number, action: () => void): () => void {
    return systemClock.after(milliseconds, action);
  }
}

let bench: Bench;
let clock: SettableClock;
beforeEach(async () => {
  bench = await Bench.open();
  clock = new SettableClock();
});
afterEach(async () => {
  await bench.close();
});

async function running(timeout_seconds: number) {
  const job = bench.peer.job(["sh", "-c", "echo up; while :; do sleep 0.05; done"], { timeout_seconds });
  bench.peer.run(job);
  await eventually(() => bench.peer.text(job) === "up\n");
  return job;
}

describe.each([
  ["forward", HOUR],
  ["back", -HOUR],
])("F31: a clock that is set %s by an hour while a command runs", (_direction, step) => {
  it("changes neither how long it may take nor how long it took", async () => {
    await bench.agent({ clock });
    const job = await running(2);
    clock.offset = step;
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish.outcome).toBe("timed_out");
    expect(finish.duration_seconds).toBeGreaterThan(1.9);
    expect(finish.duration_seconds).toBeLessThan(20);
  });

  it("does so neither when the agent is started anew in between", async () => {
    const first = await bench.agent({ clock });
    const job = await running(3);
    await first.stop();
    clock.offset = step;
    await bench.agent({ clock });
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish.outcome).toBe("timed_out");
    expect(finish.duration_seconds).toBeGreaterThan(2.9);
    expect(finish.duration_seconds).toBeLessThan(20);
  });
});

describe("S61: a server whose clock is wrong by a day", () => {
  it("refuses jobs when it is late by its own clock, and tells both times", async () => {
    clock.offset = 24 * HOUR;
    await bench.agent({ clock });
    const job = bench.peer.job(["touch", bench.path("proof")]);
    bench.peer.run(job);
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({ outcome: "refused", error: expect.stringContaining(job.not_after) });
    const told = /by the clock of this server, it is (.*)$/.exec(finish.error ?? "")?.[1] ?? "";
    expect(Date.parse(told) - Date.now()).toBeGreaterThan(23 * HOUR);
    expect(bench.peer.of("started", job)).toEqual([]);
  });

  it("does its work when it is early, and tells its durations right", async () => {
    clock.offset = -24 * HOUR;
    await bench.agent({ clock });
    const job = bench.peer.job(["sh", "-c", "sleep 0.2; echo done"]);
    bench.peer.run(job);
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 0 });
    expect(finish.duration_seconds).toBeGreaterThan(0.15);
    expect(finish.duration_seconds).toBeLessThan(20);
    expect(bench.peer.text(job)).toBe("done\n");
  });
});
