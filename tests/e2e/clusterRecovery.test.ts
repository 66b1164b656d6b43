import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "@homeslice/cli/engine/index.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { filesIn } from "./clearText.ts";
import { Bench, core, NOTHING, report } from "./clusterSupport.ts";

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
});
afterAll(() => bench.stop());

/** Brings up a stack of that name: with one of its own, no test has to wait until another's is deleted. */
function upOf(stack: string): string[] {
  bench.configure(stack, { ...core, environment: "dev" });
  return ["up", "--stack", stack, "--yes", "--json"];
}

/** The stack is whole: nothing is left to do, and nothing was made twice. */
async function expectWhole(up: readonly string[]): Promise<void> {
  expect(report(await bench.run([...up, "--allow-data-loss"])).changes).toMatchObject(NOTHING);
}

/** What there is of a stack that holds data or secrets, each with the identity that it has for life. */
async function lasting(stack: string): Promise<string[]> {
  const namespace = `namespaces/homeslice-${stack}`;
  const paths = [`/api/v1/${namespace}/persistentvolumeclaims`, `/api/v1/${namespace}/secrets`];
  const lists = await Promise.all(
    [...paths, `/apis/apps/v1/${namespace}/statefulsets`].map((path) => bench.list(path)),
  );
  return lists.flat().map(({ metadata: { name, uid } }) => `${name} ${uid}`);
}

const stopped = "stopped";

test("Ctrl-C stops a run, and what has begun is written down", async () => {
  const running = await bench.startUntil(upOf(stopped), /created {2}Secret/);
  running.child.kill("SIGINT");
  const { code, stderr, stdout } = await running.finished;
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(
    /stopping: what has begun is written down first[\s\S]*stopped by you\nWhat had begun is written down/,
  );
});

test("when the command line is killed, the next up waits for its engine and does the rest", async () => {
  const before = await lasting(stopped);
  const running = await bench.startUntil(upOf(stopped), /(created|updated) {2}(Job|Deployment|DaemonSet)/);
  running.child.kill("SIGKILL");
  await running.finished;
  // A workload that was no longer waited for is waited for now, which counts as an update.
  expect(report(await bench.run(upOf(stopped))).changes).toMatchObject({ replace: 0, delete: 0 });
  expect(before.length).toBeGreaterThan(0);
  expect(await lasting(stopped)).toEqual(expect.arrayContaining(before));
  await expectWhole(upOf(stopped));
});

test("when command line and engine are killed again and again, each next up goes on from there", async () => {
  const up = upOf("killed");
  const moments = [
    /created {2}RandomPassword/,
    /(created|updated) {2}(StatefulSet|Job|Deployment|DaemonSet)/,
    /(created|updated) {2}(Job|Deployment|DaemonSet)/,
  ];
  let before: string[] = [];
  for (const [killings, moment] of moments.entries()) {
    const running = await bench.startUntil(up, moment);
    const engine = bench.enginePid("killed");
    running.child.kill("SIGKILL");
    process.kill(engine, "SIGKILL");
    const { stderr } = await running.finished;
    expect(stderr.includes("released the lock")).toBe(killings > 0);
    expect(await lasting("killed")).toEqual(expect.arrayContaining(before));
    before = await lasting("killed");
  }
  expect(report(await bench.run(up)).changes).toMatchObject({ replace: 0, delete: 0 });
  expect(await lasting("killed")).toEqual(expect.arrayContaining(before));
  await expectWhole(up);
});

const whole = "whole";

test("of two runs at once, one is refused with the other's process, and the other succeeds", async () => {
  const both = [bench.start(upOf(whole)), bench.start(upOf(whole))];
  const results = await Promise.all(both.map(({ finished }) => finished));
  expect(results.map(({ code }) => code).sort()).toEqual([0, 2]);
  const winner = both[results.findIndex(({ code }) => code === 0)];
  const refused = results.find(({ code }) => code === 2);
  expect(refused?.stderr).toMatch(
    new RegExp(`another run is under way: .up --stack whole., process ${winner?.child.pid}, since`),
  );
  expect(refused?.stderr).toContain("Nothing was changed.");
});

test("a secret that the user set with `pulumi config set --secret` is opened by the passphrase of Homeslice", async () => {
  const up = upOf(whole);
  const path = join(bench.settings, `Pulumi.${whole}.yaml`);
  const cache = process.env["HOMESLICE_CACHE"] ?? join(process.env["HOME"] ?? "", ".cache/homeslice");
  const engine = await findEngine({ cache, env: process.env, say: () => {} });
  const secret = randomBytes(16).toString("hex");
  writeFileSync(join(bench.settings, "Pulumi.yaml"), stringify({ name: "homeslice", runtime: "nodejs" }));
  execFileSync(engine.path, ["config", "set", "--secret", "other:token", secret, "--stack", whole], {
    cwd: bench.settings,
    env: {
      ...bench.env(),
      PULUMI_BACKEND_URL: `file://${join(bench.home, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(bench.home, "passphrase"),
    },
  });
  const written = readFileSync(path, "utf8");
  expect(parse(written)).toMatchObject({ encryptionsalt: expect.any(String) });
  const next = await bench.run(up);
  expect(report(next).changes).toMatchObject(NOTHING);
  expect(next.stderr + next.stdout).not.toContain(secret);
  expect(readFileSync(path, "utf8")).toBe(written);
  for (const file of filesIn(bench.home)) expect(readFileSync(file, "utf8")).not.toContain(secret);
});
