import { readdir, readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bench, eventually, expectGapless } from "./harness.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

const counting = (lines: number, seconds: number) =>
  `echo start >>"$1"; i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo $i; sleep ${seconds}; done; exit 7`;

describe("an agent that is killed", () => {
  it("takes up the running command: every line once, one start, the true exit code", async () => {
    const first = await bench.process();
    const job = bench.peer.job(["sh", "-c", counting(30, 0.03), "sh", bench.path("starts")]);
    bench.peer.run(job);
    await eventually(() => bench.peer.linesOf(job).length >= 5);
    await first.kill("SIGKILL");
    await bench.process();
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 7, last_seq: 30 });
    const lines = bench.peer.linesOf(job);
    expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 30 }, (_, i) => `${i + 1}\n`));
    expectGapless(lines.map(({ seq }) => seq));
    expect(await readFile(bench.path("starts"), "utf8")).toBe("start\n");
    expect(await eventually(async () => (await readdir(`${bench.stateDir}/jobs`)).length === 0)).toBe(true);
  });
});
