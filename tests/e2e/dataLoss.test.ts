import { afterAll, beforeAll, expect, test } from "vitest";
import { bringUpInstances, installOperatorKinds } from "../cloudnativepg/operator.ts";
import { Bench, core, NOTHING, report } from "./clusterSupport.ts";

const settings = { ...core, backup: { enabled: true } };
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
  bench.configure("dev", settings);
  report(await bench.run(["up", "--stack", "dev", "--yes", "--json"]));
});
afterAll(() => bench.stop());

const volumes = () => bench.names("/api/v1/namespaces/homeslice-dev/persistentvolumeclaims");

test.each([
  [
    "a smaller volume",
    { postgresql: { size: "1Gi" } },
    /StatefulSet postgresql-statefulset: the data of its volumes \(data, 2Gi\)/,
  ],
  [
    "a service with data switched off",
    { backup: { enabled: false } },
    /StatefulSet backup-statefulset: [\s\S]*RandomPassword backup-key/,
  ],
])("%s is shouted by preview and refused by up, with what would be lost", async (_, change, lost) => {
  bench.configure("dev", { ...settings, ...change });
  const before = await volumes();
  const preview = await bench.run(["preview", "--stack", "dev"]);
  expect(preview.code).toBe(0);
  expect(preview.stderr).toMatch(
    /!! (REPLACE|DELETE) OF StatefulSet [\s\S]*`up` refuses that without --allow-data-loss/,
  );
  const up = await bench.run(["up", "--stack", "dev", "--yes"]);
  expect(up.code).toBe(2);
  expect(up.stderr).toMatch(lost);
  expect(up.stderr).toMatch(/--allow-data-loss\. Nothing was changed\./);
  expect(await volumes()).toEqual(before);
});

test("what was refused has left everything as it was", async () => {
  bench.configure("dev", settings);
  expect(report(await bench.run(["preview", "--stack", "dev", "--json"])).changes).toMatchObject(NOTHING);
});

const instances = { ...core, postgresql: { highAvailability: true } };

test("PostgreSQL in several instances is refused without the operator, and as a loss of what one server holds", async () => {
  bench.configure("dev", { ...instances, backup: { enabled: true } });
  const without = await bench.run(["up", "--stack", "dev", "--yes"]);
  expect(without.code).toBe(2);
  expect(without.stderr).toMatch(
    /clusters\.postgresql\.cnpg\.io[\s\S]*docs\/postgresql\.md[\s\S]*Nothing was changed\./,
  );
  await installOperatorKinds(bench.kube);
  const lossy = await bench.run(["up", "--stack", "dev", "--yes"]);
  expect(lossy.code).toBe(2);
  expect(lossy.stderr).toMatch(
    /StatefulSet postgresql-statefulset: the data of its volumes[\s\S]*docs\/postgresql\.md says how to take the data along[\s\S]*--allow-data-loss\. Nothing was changed\./,
  );
});

test("what is wanted on purpose is done: one server goes, and what the operator understands comes", async () => {
  const jobs = () => bench.names("/apis/batch/v1/namespaces/homeslice-dev/jobs");
  const ofOneServer = await jobs();
  bench.configure("dev", instances);
  const up = bench.run(["up", "--stack", "dev", "--yes", "--json", "--allow-data-loss"]);
  // What makes the databases waits until the operator says that the instances are ready.
  expect(await bringUpInstances(bench.kube, "homeslice-dev", "postgresql")).toEqual(ofOneServer);
  report(await up);
  expect(await jobs()).not.toEqual(ofOneServer);
  expect(await bench.names("/apis/apps/v1/namespaces/homeslice-dev/statefulsets")).toEqual(["redis"]);
  // What the operator's kind does not know, the API server drops: it would be missing here.
  expect(report(await bench.run(["preview", "--stack", "dev", "--json"])).changes).toMatchObject(NOTHING);
});

test("the way back to one server is refused as well", async () => {
  bench.configure("dev", core);
  const { code, stderr } = await bench.run(["up", "--stack", "dev", "--yes"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/Cluster postgresql-cluster: [\s\S]*docs\/postgresql\.md/);
});

test("a destroy names all that goes with the stack", async () => {
  const { code, stderr } = await bench.run(["destroy", "--stack", "dev", "--yes"]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/lost for good: Namespace environment-platform: everything/);
  expect(stderr).toMatch(/lost for good: StatefulSet redis-statefulset: .*data, 1Gi/);
});
