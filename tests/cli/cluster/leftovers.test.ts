import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { endOrphan, releaseStaleLocks } from "@homeslice/cli/cluster/leftovers.ts";
import { startOf } from "@homeslice/cli/process/alive.ts";
import { beforeEach, expect, test } from "vitest";

let root: string;
let said: string[];
const say = (line: string) => void said.push(line);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "homeslice-leftovers-"));
  said = [];
});

/** A process that has ended: its number belongs to nobody. */
async function deadPid(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

function lockOf(pid: number, host = hostname()): string {
  const folder = join(root, ".pulumi", "locks", "organization", "homeslice", "dev");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `${pid}.json`),
    JSON.stringify({ pid, hostname: host, username: "ann", timestamp: "2026" }),
  );
  return folder;
}

test("a lock of the engine whose process is dead is released, and that is said", async () => {
  const folder = lockOf(await deadPid());
  releaseStaleLocks(`file://${root}`, "dev", say);
  expect(readdirSync(folder)).toEqual([]);
  expect(said.join()).toContain("released the lock");
});

test("a dead engine's number that another program was given does not keep its lock alive", () => {
  const folder = lockOf(process.pid);
  releaseStaleLocks(`file://${root}`, "dev", say);
  expect(readdirSync(folder)).toHaveLength(process.platform === "linux" ? 0 : 1);
});

test("a lock of another machine is left alone, and so are other stacks and other backends", async () => {
  const pid = await deadPid();
  const folder = lockOf(pid, "elsewhere");
  releaseStaleLocks(`file://${root}`, "dev", say);
  expect(readdirSync(folder)).toHaveLength(1);
  lockOf(pid);
  releaseStaleLocks(`file://${root}`, "prod", say);
  releaseStaleLocks("s3://bucket", "dev", say);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(said).toEqual([]);
});

test("the engine of a killed run is asked to end, and waited for", async () => {
  const engine = spawn("sh", ["-c", 'trap "sleep 0.3; exit 0" INT; echo ready; while :; do sleep 0.05; done']);
  await once(engine.stdout, "data");
  const record = join(root, "engine.json");
  writeFileSync(record, JSON.stringify({ pid: engine.pid, start: startOf(engine.pid ?? 0) }));
  const exit = once(engine, "exit");
  await endOrphan(record, say);
  expect(await exit).toEqual([0, null]);
  expect(existsSync(record)).toBe(false);
  expect(said.join()).toContain(`process ${engine.pid}`);
});

test("nothing is done to a process that was given the number of a dead engine", async () => {
  const other = spawn("sleep", ["60"]);
  const record = join(root, "engine.json");
  writeFileSync(record, JSON.stringify({ pid: other.pid, start: "1" }));
  await endOrphan(record, say);
  expect(other.exitCode).toBeNull();
  expect(other.signalCode).toBeNull();
  other.kill();
  expect(said).toEqual([]);
});
