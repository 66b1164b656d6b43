import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { tryLock } from "@homeslice/cli/process/fileLock.ts";
import { beforeEach, expect, test } from "vitest";

let path: string;

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "homeslice-lock-")), "lock");
});

/** A process of its own that tries to take the lock, says whether it got it, and then waits to be ended. */
async function contender() {
  const module = join(process.cwd(), "cli/process/fileLock.ts");
  const script = `const { tryLock } = await import(${JSON.stringify(module)});
    process.stdout.write(String(tryLock(${JSON.stringify(path)}, "a test").held));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [answer] = await once(child.stdout, "data");
  const end = async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { held: String(answer) === "true", pid: child.pid, end };
}

test("a lock that is held is refused with its holder and purpose, and free again after its release", () => {
  const first = tryLock(path, "up --stack dev", new Date("2026-01-02T03:04:05Z"));
  expect(first.held).toBe(true);
  expect(tryLock(path, "another")).toMatchObject({
    held: false,
    holder: { pid: process.pid, purpose: "up --stack dev", since: "2026-01-02T03:04:05.000Z" },
  });
  if (first.held) first.release();
  expect(tryLock(path, "another").held).toBe(true);
  expect(readdirSync(dirname(path))).toEqual(["lock"]);
});

test("of several processes that try at once, one gets the lock", async () => {
  const all = await Promise.all(Array.from({ length: 4 }, contender));
  expect(all.filter(({ held }) => held)).toHaveLength(1);
  await Promise.all(all.map(({ end }) => end()));
});

test("the lock of a killed process is taken over", async () => {
  const holder = await contender();
  expect(tryLock(path, "next")).toMatchObject({ held: false, holder: { pid: holder.pid } });
  await holder.end();
  expect(tryLock(path, "next").held).toBe(true);
});

test("the lock of a process whose number was given to another one is taken over", () => {
  writeFileSync(
    path,
    JSON.stringify({ pid: process.pid, start: "1", purpose: "long ago", since: "2026-01-01T00:00:00Z" }),
  );
  expect(tryLock(path, "next").held).toBe(process.platform === "linux");
});

test("a lock file that was cut short is nobody's", () => {
  writeFileSync(path, '{"pid":');
  expect(tryLock(path, "next").held).toBe(true);
});
