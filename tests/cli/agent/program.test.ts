import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentArguments } from "@homeslice/cli/agent/program.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Bench, eventually } from "../../apps/agent/harness.ts";

let cache: string;
let program: string[];
let bench: Bench;
beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), "homeslice-program-"));
  program = await agentArguments(cache);
  bench = await Bench.open();
  await bench.process({}, program);
});
afterAll(async () => {
  await bench.close();
  rmSync(cache, { recursive: true });
});

test("the built agent runs commands", async () => {
  const job = bench.peer.job(["echo", "built"]);
  bench.peer.run(job);
  expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ outcome: "exited", exit_code: 0 });
  expect(bench.peer.text(job)).toBe("built\n");
});

test("the built agent finds the program of its checks", async () => {
  const operation = { type: "file_validation", path: "/etc/passwd", exists: true } as const;
  const job = bench.peer.job(["true"], { operation });
  bench.peer.run(job);
  expect(await eventually(() => bench.peer.finish(job))).toMatchObject({ exit_code: 0, result: { passed: true } });
});

test("what has not changed is not built again", async () => {
  expect(await agentArguments(cache)).toEqual(program);
});
