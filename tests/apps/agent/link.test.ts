import { readdir } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bench, eventually, expectGapless } from "./harness.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

describe("the link", () => {
  it("proves the key of the agent and says what it is", async () => {
    await bench.agent();
    expect(bench.peer.hellos[0]).toMatchObject({
      server_id: bench.peer.serverId,
      agent: {
        hostname: "bench",
        capabilities: expect.arrayContaining(["shell_command", "database_query"]),
        max_concurrent_jobs: 4,
      },
      held: [],
    });
  });

  it("carries a heartbeat as often as the orchestrator asks", async () => {
    bench.peer.heartbeatSeconds = 0.02;
    await bench.agent();
    await eventually(() => bench.peer.of("heartbeat").length >= 3);
    expect(bench.peer.of("heartbeat")[0]?.status.memory_usage_percent).toBeGreaterThan(0);
  });

  it("may be cut at any time: every line arrives once and in order", async () => {
    await bench.agent();
    const job = bench.peer.job(["sh", "-c", "i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo $i; sleep 0.005; done"]);
    bench.peer.run(job);
    for (const lines of [20, 60, 61, 120, 190]) {
      await eventually(() => bench.peer.linesOf(job).length >= lines);
      bench.peer.cut();
      await eventually(() => bench.peer.connected);
    }
    const finish = await eventually(() => bench.peer.finish(job));
    const lines = bench.peer.linesOf(job);
    expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 200 }, (_, i) => `${i + 1}\n`));
    expectGapless(lines.map(({ seq }) => seq));
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 0, last_seq: 200 });
    const held = bench.peer.hellos.map((hello) => hello.held.map(({ execution_id }) => execution_id));
    expect(held[0]).toEqual([]);
    expect(held[1]).toEqual([job.execution_id]);
  });

  it("sends again what was on its way and not stored when it was cut", async () => {
    await bench.agent();
    bench.peer.keepLines = false;
    const job = bench.peer.job(["seq", "5000"]);
    bench.peer.run(job);
    await eventually(() => bench.peer.of("output", job).length >= 2);
    bench.peer.keepLines = true;
    bench.peer.settle = true;
    bench.peer.cut();
    await eventually(() => bench.peer.linesOf(job).length >= 5_000);
    expectGapless(bench.peer.linesOf(job).map(({ seq }) => seq));
  });

  it("holds output back while the orchestrator does not store it, and goes on when it does", async () => {
    await bench.agent();
    bench.peer.acknowledge = false;
    const job = bench.peer.job(["sh", "-c", "head -c 12000000 /dev/zero | tr '\\0' x | fold -w 1000"]);
    bench.peer.run(job);
    const size = () => bench.peer.text(job).length;
    await eventually(() => size() > 1_000_000);
    // A command that is started later and is over shows that nothing more was sent meanwhile.
    const later = bench.peer.job(["sleep", "0.3"]);
    bench.peer.run(later);
    await eventually(() => bench.peer.finish(later));
    expect(size()).toBeLessThan(1_500_000);
    expect(bench.peer.finish(job)).toBeUndefined();
    bench.peer.acknowledge = true;
    bench.peer.acknowledgeNow(job);
    await eventually(() => bench.peer.finish(job));
    expectGapless(bench.peer.linesOf(job).map(({ seq }) => seq));
    expect(bench.peer.text(job).replaceAll("\n", "").length).toBe(12_000_000);
  });

  it("repeats the end of an attempt on each connection until it is settled, and deletes it then", async () => {
    await bench.agent();
    bench.peer.settle = false;
    const job = bench.peer.job(["echo", "x"]);
    bench.peer.run(job);
    for (const times of [1, 2, 3]) {
      await eventually(() => bench.peer.of("finished", job).length === times);
      if (times < 3) bench.peer.cut();
      await eventually(() => bench.peer.connected);
    }
    expect(bench.peer.hellos.at(-1)?.held).toEqual([{ execution_id: job.execution_id, fence: 1, state: "finished" }]);
    expect(bench.peer.linesOf(job).length).toBe(1);
    bench.peer.settleNow(job);
    await eventually(async () => (await readdir(`${bench.stateDir}/jobs`)).length === 0);
  });

  it("may deliver a job twice: it runs once, and is reported again", async () => {
    await bench.agent();
    bench.peer.settle = false;
    const job = bench.peer.job(["sh", "-c", 'echo start >>"$0"; cat "$0"', bench.path("starts")]);
    bench.peer.run(job);
    bench.peer.run(job);
    await eventually(() => bench.peer.finish(job));
    bench.peer.run(job);
    await eventually(() => bench.peer.of("finished", job).length >= 2);
    bench.peer.settleNow(job);
    await eventually(async () => (await readdir(`${bench.stateDir}/jobs`)).length === 0);
    const before = bench.peer.of("finished", job).length;
    bench.peer.run(job);
    await eventually(() => bench.peer.of("finished", job).length > before);
    expect(bench.peer.text(job)).toBe("start\n");
    expect(bench.peer.of("finished", job).at(-1)).toMatchObject({ outcome: "exited", exit_code: 0, last_seq: 1 });
  });

  it("is given up and made anew when the other side falls silent", async () => {
    await bench.agent({ timings: { ping: 30 } });
    bench.peer.fallSilent();
    await eventually(() => bench.peer.hellos.length === 2);
  });

  it("is given up when the orchestrator does not greet", async () => {
    bench.peer.greet = false;
    const started = bench.agent({ timings: { handshake: 50 } });
    await eventually(() => bench.peer.connections >= 2);
    bench.peer.greet = true;
    await started;
  });

  it("is closed on a frame that is not understood, and made anew", async () => {
    await bench.agent();
    bench.peer.sendText("{}");
    await eventually(() => bench.peer.hellos.length === 2);
  });
});
