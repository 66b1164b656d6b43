import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { k3dName, requireK3d } from "@homeslice/cli/cluster/k3d.ts";
import { beforeEach, expect, test } from "vitest";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeslice-k3d-"));
});

function program(name: string, exitCode = 0): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\nexit ${exitCode}\n`);
  chmodSync(path, 0o755);
}

test("everything that is missing for a local cluster is named at once, with the other way to a cluster", async () => {
  await expect(requireK3d({ PATH: folder })).rejects.toThrow(
    /docker is not on PATH, and k3d is not on PATH[\s\S]*--context NAME/,
  );
});

test("Docker without a running engine is not enough", async () => {
  program("docker", 1);
  program("k3d");
  await expect(requireK3d({ PATH: folder })).rejects.toThrow(/but no Docker engine is running/);
});

test("with both there, a local cluster can be created", async () => {
  program("docker");
  program("k3d");
  await expect(requireK3d({ PATH: folder })).resolves.toBeUndefined();
});

test("each stack has a local cluster of its own, unless the settings name one", () => {
  expect(k3dName("My_dev", {})).toBe("homeslice-my-dev");
  expect(k3dName("dev", { k3d: "mine" })).toBe("mine");
});
