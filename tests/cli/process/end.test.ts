import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isAlive, startOf } from "../../../cli/process/alive.ts";
import { endProcess, isRunning } from "../../../cli/process/end.ts";
import { eventually } from "../../support/eventually.ts";

test("a process that heeds the signal ends by it", async () => {
  const child = spawn("sleep", ["60"]);
  const exit = once(child, "exit");
  await endProcess(child.pid ?? 0, "SIGTERM", 10_000);
  expect(await exit).toEqual([null, "SIGTERM"]);
});

test("one that does not is killed after the time-out", async () => {
  const child = spawn("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 0.01; done"]);
  await once(child.stdout, "data");
  const exit = once(child, "exit");
  await endProcess(child.pid ?? 0, "SIGTERM", 100);
  expect(await exit).toEqual([null, "SIGKILL"]);
});

test("ending one that is gone already is no error", async () => {
  const child = spawn("true");
  await once(child, "exit");
  await endProcess(child.pid ?? 0, "SIGTERM", 1_000);
  expect(isAlive(child.pid ?? 0)).toBe(false);
});

test("a process is known by its start: a later one with the same id is another", () => {
  expect(isRunning(process.pid, startOf(process.pid))).toBe(true);
  expect(isRunning(process.pid, "0")).toBe(false);
});

test("one that has ended unnoticed by its parent is not alive", async () => {
  const inattentive = `
    const { pid } = require("child_process").spawn("true");
    require("fs").writeSync(1, String(pid));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`;
  const parent = spawn(process.execPath, ["-e", inattentive]);
  const [pid] = await once(parent.stdout, "data");
  await eventually(() => !isAlive(Number(pid)), "the child counts as ended");
  expect(startOf(Number(pid))).toBeDefined();
  parent.kill();
});
