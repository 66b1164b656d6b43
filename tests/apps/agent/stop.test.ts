import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bench, eventually } from "./harness.ts";

let bench: Bench;
beforeEach(async () => {
  // Without isolation, what a command says of its processes is what the kernel says.
  bench = await Bench.open("commands: all\nisolation: off\n");
});
afterEach(async () => {
  await bench.close();
});

/** Whether a process lives; a zombie, which waits for its parent to notice, does not. */
function lives(pid: number): boolean {
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Starts a command that prints numbers of processes, one a line, and waits until it has printed so many. */
async function start(script: string, pids: number, timeout_seconds = 60) {
  const job = bench.peer.job(["sh", "-c", script], { timeout_seconds });
  bench.peer.run(job);
  await eventually(() => bench.peer.linesOf(job).length >= pids);
  return { job, pids: bench.peer.linesOf(job).map(({ text }) => Number(text)) };
}

describe("a cancelled command", () => {
  it("is told to end, and what it says then is kept", async () => {
    await bench.agent();
    const { job, pids } = await start("trap 'echo bye; exit 5' TERM; echo $$; while :; do sleep 0.02; done", 1);
    bench.peer.send({ type: "cancel", execution_id: job.execution_id, fence: job.fence });
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({ outcome: "cancelled", exit_code: 5 });
    expect(bench.peer.text(job, "stdout")).toBe(`${pids[0]}\nbye\n`);
  });

  it("is killed after the grace period when it does not listen", async () => {
    await bench.agent({ timings: { grace: 200 } });
    const { job, pids } = await start("trap '' TERM; echo $$; while :; do sleep 0.02; done", 1);
    bench.peer.send({ type: "cancel", execution_id: job.execution_id, fence: job.fence });
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({ outcome: "cancelled", exit_code: 137 });
    expect(finish.duration_seconds).toBeGreaterThan(0.2);
    expect(pids.filter(lives)).toEqual([]);
  });

  it("takes its descendants with it, wherever they hide", async () => {
    await bench.agent({ timings: { grace: 200 } });
    const hide = `sh -c 'trap "" TERM; echo $$; while :; do sleep 0.02; done'`;
    // In another session; without a parent; without a parent and in another session, or with no environment.
    const script = `echo $$; setsid ${hide} & (${hide} &); (setsid ${hide} &); (env -i ${hide} &); wait`;
    const { job, pids } = await start(script, 5);
    bench.peer.send({ type: "cancel", execution_id: job.execution_id, fence: job.fence });
    await eventually(() => bench.peer.finish(job));
    expect(pids.length).toBe(5);
    expect(pids.filter(lives)).toEqual([]);
  });

  it("never starts when it was still waiting its turn", async () => {
    bench.environment["HOMESLICE_MAX_CONCURRENT_JOBS"] = "1";
    await bench.agent();
    const { job: first } = await start("echo $$; while :; do sleep 0.02; done", 1);
    const second = bench.peer.job(["touch", bench.path("proof")]);
    bench.peer.run(second);
    await eventually(() => bench.peer.of("accepted", second)[0]);
    bench.peer.send({ type: "cancel", execution_id: second.execution_id, fence: 1 });
    const finish = await eventually(() => bench.peer.finish(second));
    expect(finish).toMatchObject({ outcome: "cancelled", exit_code: null, last_seq: 0 });
    expect(bench.peer.of("started", second)).toEqual([]);
    bench.peer.send({ type: "cancel", execution_id: first.execution_id, fence: 1 });
    await eventually(() => bench.peer.finish(first));
  });

  it("does not run when the cancel overtakes the job", async () => {
    await bench.agent();
    const job = bench.peer.job(["touch", bench.path("proof")]);
    bench.peer.send({ type: "cancel", execution_id: job.execution_id, fence: 1 });
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "cancelled" });
    bench.peer.run(job);
    await eventually(() => bench.peer.of("finished", job).length === 2);
    expect(bench.peer.of("accepted", job)).toEqual([]);
  });
});

describe("a command that takes too long", () => {
  it("is ended with all its descendants and reported as timed out", async () => {
    await bench.agent({ timings: { grace: 30_000 } });
    const { job, pids } = await start("echo $$; sleep 60 & echo $!; wait", 2, 1);
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({ outcome: "timed_out", exit_code: 143 });
    expect(finish.duration_seconds).toBeGreaterThan(0.99);
    expect(pids.filter(lives)).toEqual([]);
  });
});

describe("a newer attempt", () => {
  it("ends the older one of the same execution before it starts", async () => {
    await bench.agent();
    const { job: older } = await start("echo $$; while :; do sleep 0.02; done", 1);
    const newer = bench.peer.job(["echo", "newer"], { execution_id: older.execution_id, fence: 2 });
    bench.peer.run(newer);
    expect(await eventually(() => bench.peer.finish(newer))).toMatchObject({ outcome: "exited", exit_code: 0 });
    expect(bench.peer.finish(older)).toMatchObject({ outcome: "cancelled" });
    const order = bench.peer.messages.filter((m) => m.type === "finished" || m.type === "started");
    expect(order.map((m) => `${m.type} ${m.fence}`)).toEqual(["started 1", "finished 1", "started 2", "finished 2"]);
  });
});

describe("an execution that the orchestrator calls over", () => {
  it("is ended and forgotten, though it was running", async () => {
    await bench.agent();
    bench.peer.settle = false;
    const { job, pids } = await start("echo $$; while :; do sleep 0.02; done", 1);
    bench.peer.settleNow(job);
    await eventually(() => bench.peer.finish(job));
    await eventually(() => !pids.some(lives));
    bench.peer.cut();
    await eventually(() => bench.peer.hellos.length === 2);
    expect(bench.peer.hellos[1]?.held).toEqual([]);
  });
});
