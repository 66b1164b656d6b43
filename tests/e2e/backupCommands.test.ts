import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Bench, report } from "./clusterSupport.ts";

// The nodes of the control plane are simulated: pods end at once and run nothing. What they run has tests of its own.

const namespace = "homeslice-dev";
const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
  bench.configure("dev", { domain: "home.example.org", authentik: { signOn: false } });
  report(await bench.run(["up", "--stack", "dev", "--yes", "--json"]));
});
afterAll(() => bench.stop());

const replicas = async () => {
  const { body } = await bench.kube.get(`/apis/apps/v1/namespaces/${namespace}/deployments/orchestrator-blue`);
  return z.object({ spec: z.object({ replicas: z.number() }) }).parse(body).spec.replicas;
};
const started = async (prefix: string) => (await bench.names(jobs)).filter((name) => name.startsWith(prefix));

test("a backup can be made at any time, of one service", async () => {
  const { code, stderr } = await bench.run(["backup", "now", "--stack", "dev", "--service", "orchestrator"]);
  expect(stderr).toContain("backing up orchestrator");
  expect(code).toBe(0);
  expect(await started("backup-orchestrator-")).toHaveLength(1);
});

test("a restore wants to be confirmed", async () => {
  const { code, stderr } = await bench.run(["restore", "--stack", "dev", "--service", "orchestrator"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/replaces all its data[\s\S]*--yes\. Nothing was changed\./);
  expect(await started("backup-orchestrator-restore-")).toEqual([]);
});

test("a restore of what is not backed up is refused with what is, and stops nothing", async () => {
  const { code, stderr } = await bench.run(["restore", "--stack", "dev", "--service", "redis", "--yes"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/there is no backup-redis-restore[\s\S]*backed up are .*orchestrator/);
  expect(stderr).not.toContain("stopping");
});

test("a restore stops the service, runs from the snapshot named, and starts the service again", async () => {
  const before = await replicas();
  const args = ["--service", "orchestrator", "--snapshot", "1234abcd", "--yes"];
  const { code, stderr } = await bench.run(["restore", "--stack", "dev", ...args]);
  expect(stderr).toMatch(
    /stopping orchestrator-blue \(1\)[\s\S]*restoring orchestrator from 1234abcd[\s\S]*started orchestrator-blue/,
  );
  expect(code).toBe(0);
  expect(await replicas()).toBe(before);
  const [job] = await started("backup-orchestrator-restore-");
  const { body } = await bench.kube.get(`${jobs}/${job}`);
  expect(JSON.stringify(body)).toContain('{"name":"SNAPSHOT","value":"1234abcd"}');
});

test("templates in the cluster are no drift: a second up changes nothing", async () => {
  const { changes } = report(await bench.run(["up", "--stack", "dev", "--yes", "--json"]));
  expect(changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
});
