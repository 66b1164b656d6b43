import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, writeFileSync } from "node:fs";
import { findProcess, type Process, processTree, signalProcess } from "@homeslice/agent/jobs/processes.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** The number that the kernel gave last; whoever may write it chooses the next one. */
const LAST_NUMBER = "/proc/sys/kernel/ns_last_pid";

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** Starts a process in a session of its own. */
async function start(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn("/bin/sleep", ["300"], { detached: true, stdio: "ignore" });
  started.push(child);
  await once(child, "spawn");
  return Object.assign(child, { pid: child.pid ?? Number.NaN });
}

async function look(pid: number): Promise<Process> {
  const found = await findProcess(pid);
  if (found === undefined) throw new Error(`there is no process ${pid}`);
  return found;
}

/** A process that has ended, and another one that has got its number. */
async function reuse() {
  const child = await start();
  const before = await look(child.pid);
  child.kill("SIGKILL");
  await once(child, "exit");
  for (;;) {
    writeFileSync(LAST_NUMBER, String(before.pid - 1));
    const other = await start();
    // No number comes round within a tick of the clock unless it is forced to, as here.
    const isLater = (await look(other.pid)).startedAt > before.startedAt;
    if (other.pid === before.pid && isLater) return { before, other };
    other.kill("SIGKILL");
    await once(other, "exit");
  }
}

function mayChooseNumbers(): boolean {
  try {
    accessSync(LAST_NUMBER, constants.W_OK);
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

describe("a process whose number another one has got", () => {
  beforeEach(({ skip }) => {
    if (!mayChooseNumbers()) skip("choosing the number of a process takes root, and a kernel that can checkpoint");
  });

  it("does not pass on to it what belonged to its session", async () => {
    const { before, other } = await reuse();
    expect(await processTree(before, ["NOBODY=has this"])).toEqual([]);
    expect(await processTree(await look(other.pid), ["NOBODY=has this"])).toMatchObject([{ pid: other.pid }]);
  });

  it("does not pass on to it the signal that it was to get", async () => {
    const { before, other } = await reuse();
    expect(signalProcess(before, "SIGKILL")).toBe(true);
    expect(await look(other.pid)).toMatchObject({ pid: before.pid, name: "sleep" });
    expect(signalProcess(await look(other.pid), "SIGKILL")).toBe(true);
    await once(other, "exit");
  });
});

it("what is left of a session whose leader has ended still belongs to it", async () => {
  const child = spawn("/bin/sh", ["-c", "env -i sleep 300 & read line"], { detached: true, stdio: "pipe" });
  await once(child, "spawn");
  const leader = await look(child.pid ?? Number.NaN);
  child.stdin.end();
  await once(child, "exit");
  const left = await processTree(leader, ["NOBODY=has this"]);
  expect(left).toMatchObject([{ session: leader.pid }]);
  for (const one of left) signalProcess(one, "SIGKILL");
});
