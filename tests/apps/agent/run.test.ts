import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bench, eventually, expectGapless } from "./harness.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(async () => {
  await bench.close();
});

describe("a command", () => {
  it("reports its output and its exit code", async () => {
    await bench.agent();
    const job = bench.peer.job(["sh", "-c", "echo one; echo two; echo oops >&2; exit 3"]);
    bench.peer.run(job);
    const finish = await eventually(() => bench.peer.finish(job));
    expect(finish).toMatchObject({ outcome: "exited", exit_code: 3, error: null, last_seq: 3 });
    expect(bench.peer.text(job, "stdout")).toBe("one\ntwo\n");
    expect(bench.peer.text(job, "stderr")).toBe("oops\n");
    expectGapless(bench.peer.linesOf(job).map(({ seq }) => seq));
  });
});
