import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defaultTimings, systemClock } from "@homeslice/agent/clock.ts";
import { OutputFiles } from "@homeslice/agent/output/outputFiles.ts";
import { Redactor } from "@homeslice/agent/output/redactor.ts";
import { Tail } from "@homeslice/agent/output/tail.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Bench, eventually, expectGapless } from "./harness.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

it("F34 floods of output leave another command its latency, and are bounded on disk and on the link", async () => {
  await writeFile(bench.path("policy.yaml"), "commands: all\nlimits: { output_mb: 1 }\n");
  await bench.agent();
  const floods = [1, 2, 3].map(() => bench.peer.job(["yes", "a line of a flood that does not end by itself"]));
  for (const job of floods) bench.peer.run(job);
  await eventually(() => floods.every((job) => bench.peer.linesOf(job).length > 0));
  const quiet = bench.peer.job(["echo", "in time"]);
  bench.peer.run(quiet);
  await eventually(() => bench.peer.finish(quiet));
  expect(bench.peer.text(quiet)).toBe("in time\n");
  // While the floods go on.
  expect(floods.map((job) => bench.peer.finish(job))).toEqual([undefined, undefined, undefined]);
  for (const job of floods) {
    await eventually(() => bench.peer.linesOf(job).at(-1)?.text.startsWith("[homeslice]"), 30);
    expectGapless(bench.peer.linesOf(job).map(({ seq }) => seq));
    bench.peer.send({ type: "cancel", execution_id: job.execution_id, fence: 1 });
    expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "cancelled" });
  }
});

it("lines that follow each other closely are sent together, and the last of them with the end", async () => {
  const never = 600_000;
  await bench.agent({ timings: { gather: never, poll: never } });
  const script = `while [ ! -e "$0" ]; do sleep 0.02; done; for i in $(seq 20); do echo $i; sleep 0.02; done`;
  const job = bench.peer.job(["sh", "-c", script, bench.path("go")]);
  bench.peer.run(job);
  await eventually(() => bench.peer.of("started", job)[0]);
  await writeFile(bench.path("go"), "");
  await eventually(() => bench.peer.finish(job));
  expectGapless(bench.peer.linesOf(job).map(({ seq }) => seq));
  expect(bench.peer.text(job)).toBe(Array.from({ length: 20 }, (_, i) => `${i + 1}\n`).join(""));
  // What is there at the first look, what comes first after it, and the rest.
  expect(bench.peer.of("output", job).length).toBeLessThanOrEqual(3);
});

it("a flood that went on while the agent was away is cut before anything of it is made durable", async () => {
  const directory = bench.path("attempt");
  await mkdir(directory);
  await writeFile(join(directory, "stdout"), "a line of a flood\n".repeat(500_000));
  const { files, end } = await OutputFiles.open(directory);
  const sizes: number[] = [];
  const addEntries = files.addEntries.bind(files);
  vi.spyOn(files, "addEntries").mockImplementation(async (entries) => {
    sizes.push(await files.size("stdout"));
    await addEntries(entries);
  });
  const shared = { files, end, redactor: await Redactor.of([]), clock: systemClock, timings: defaultTimings };
  const tail = new Tail({ ...shared, firstSeq: 1, limitMb: 1 });
  expect(tail.gathers).toBe(defaultTimings.gather);
  await tail.read(false);
  // What follows is taken off the disk at once.
  expect(tail.gathers).toBe(0);
  await files.close();
  expect(sizes.length).toBeGreaterThan(0);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2 * 1_048_576);
  // All that may be kept is, and then the line that says so.
  expect(tail.nextSeq).toBeGreaterThan(1_048_576 / "a line of a flood\n".length);
});

it("R11 a line of 64 MiB and what is no text arrive whole, in pieces, and in order", async () => {
  await writeFile(bench.path("policy.yaml"), "commands: all\nlimits: { output_mb: 80 }\n");
  await bench.agent();
  const job = bench.peer.job(["sh", "-c", "head -c 67108864 /dev/zero | tr '\\0' y; printf '\\377\\303'"]);
  bench.peer.run(job);
  const finish = await eventually(() => bench.peer.finish(job), 60);
  expect(finish).toMatchObject({ outcome: "exited", exit_code: 0 });
  const text = bench.peer.text(job);
  expect(text.length).toBe(67_108_864 + 2);
  expect(text.slice(-3)).toBe("y\uFFFD\uFFFD");
  expectGapless(bench.peer.linesOf(job).map(({ seq }) => seq));
}, 60_000);

it.each([
  ["exit 256", 0],
  ["exit 255", 255],
  ["kill -TERM $$", 143],
  ["kill -SEGV $$", 139],
])("R10 %s is reported as a shell reports it", async (script, code) => {
  await bench.agent();
  const job = bench.peer.job(["bash", "-c", script]);
  bench.peer.run(job);
  expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "exited", exit_code: code });
});
