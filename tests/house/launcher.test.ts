import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { which } from "@homeslice/cli/engine/index.ts";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
/** All that the launcher itself calls. */
const tools = ["bash", "cmp", "cp", "dirname", "env", "flock", "mkdir", "readlink", "sh", "tail", "uname"];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeslice-launcher-"));
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "checkout/cli"), { recursive: true });
  mkdirSync(join(folder, "checkout/node_modules"));
  for (const tool of tools) symlinkSync(which(tool, process.env) ?? "", join(folder, "bin", tool));
  copyFileSync(join(root, "homeslice"), join(folder, "checkout/homeslice"));
  chmodSync(join(folder, "checkout/homeslice"), 0o755);
  writeFileSync(join(folder, "checkout/package-lock.json"), "{}");
  writeFileSync(join(folder, "checkout/package.json"), '{"allowScripts":{"absent":true}}');
  writeFileSync(
    join(folder, "checkout/cli/main.ts"),
    'process.stdout.write(["ran", ...process.argv.slice(2)].join(" "))',
  );
});

afterEach(() => rmSync(folder, { recursive: true }));

function addProgram(name: string, script: string): void {
  writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

const addFittingNode = () => symlinkSync(process.execPath, join(folder, "bin/node"));
const addOldNode = () => addProgram("node", "echo v20.20.2");
const markInstalled = () =>
  cpSync(join(folder, "checkout/package-lock.json"), join(folder, "checkout/node_modules/.installed-lock.json"));

function launch(cache = join(folder, "cache")) {
  const env = { PATH: join(folder, "bin"), HOME: folder, HOMESLICE_CACHE: cache };
  const { status, stdout, stderr } = spawnSync(join(folder, "checkout/homeslice"), ["status"], {
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("a fitting Node and installed dependencies are all it needs: no npm, no network", () => {
  addFittingNode();
  markInstalled();
  expect(launch()).toEqual({ status: 0, stdout: "ran status", stderr: "" });
});

test("dependencies are installed once, and again only when the lockfile has changed", () => {
  addFittingNode();
  addProgram("npm", `echo "$@" >> ${folder}/npm-calls; /bin/mkdir -p node_modules`);
  expect(launch().stderr).toBe("homeslice: installing dependencies (once per lockfile)\n");
  expect(launch()).toEqual({ status: 0, stdout: "ran status", stderr: "" });
  writeFileSync(join(folder, "checkout/package-lock.json"), '{"changed":true}');
  expect(launch().stderr).toBe("homeslice: installing dependencies (once per lockfile)\n");
});

test("an old Node is passed over for the one of the npm package, which is installed once", () => {
  addOldNode();
  const target = `${folder}/cache/node-24.21.0/node_modules/node/bin`;
  addProgram(
    "npm",
    `case "$*" in install*) /bin/mkdir -p ${target} && /bin/ln -s ${process.execPath} ${target}/node ;; esac`,
  );
  const first = launch();
  expect(first).toMatchObject({ status: 0, stdout: "ran status" });
  expect(first.stderr).toContain("PATH has Node v20.20.2, Homeslice needs 24.7 or newer: installing Node 24.21.0");
  expect(launch()).toEqual({ status: 0, stdout: "ran status", stderr: "" });
});

test.each([
  ["no Node at all", () => {}, /^homeslice: Node\.js is not on PATH\. Install Node\.js 20 or newer together with npm/],
  ["an old Node and no npm", addOldNode, /npm is not on PATH, and it is needed once to install Node 24\.21\.0/],
  ["no npm and nothing installed", addFittingNode, /npm is not on PATH, and it is needed once to install dependencies/],
])("%s ends with one clear message", (_name, prepare, message) => {
  prepare();
  const { status, stdout, stderr } = launch();
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(message);
});

test("a network that is away is named, with the end of npm's own words", () => {
  addFittingNode();
  addProgram("npm", "echo 'npm error network connect ECONNREFUSED' >&2; exit 1");
  const { status, stderr } = launch();
  expect(status).toBe(2);
  expect(stderr).toContain("npm error network connect ECONNREFUSED");
  expect(stderr).toContain("Check that this machine reaches its npm registry");
});

test("a cache that cannot be written is named", () => {
  addFittingNode();
  writeFileSync(join(folder, "file"), "");
  const { status, stderr } = launch(join(folder, "file/cache"));
  expect(status).toBe(2);
  expect(stderr).toMatch(/^homeslice: the cache directory .*file\/cache cannot be written\. Set HOMESLICE_CACHE/);
});
