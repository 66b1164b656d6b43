import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

function testbed(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const main = join(import.meta.dirname, "main.ts");
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8", env: { ...process.env, ...env } });
}

test("without Go, the testbed says what to install", () => {
  const cache = mkdtempSync(join(tmpdir(), "homeslice-cache-"));
  const { status, stderr } = testbed(["up"], { HOMESLICE_CACHE: cache, PATH: "/nowhere" });
  rmSync(cache, { recursive: true });
  expect(stderr).toContain("`go` is not on PATH\nInstall Go");
  expect(status).toBe(2);
});

test.each([[["up", "--nodes", "many"]], [["jump"]], [[]], [["up", "--colour"]]])(
  "%j is answered with the usage",
  (args) => {
    const { status, stderr } = testbed(args);
    expect(stderr).toContain("usage: testbed up|down|reset");
    expect(status).toBe(2);
  },
);
