import { afterAll, beforeAll, expect, test } from "vitest";
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
  bench.configure("dev", settings);
  expect(report(await bench.run(["preview", "--stack", "dev", "--json"])).changes).toMatchObject(NOTHING);
});

test("what is wanted on purpose is done", async () => {
  bench.configure("dev", core);
  report(await bench.run(["up", "--stack", "dev", "--yes", "--json", "--allow-data-loss"]));
  expect(await bench.names("/apis/apps/v1/namespaces/homeslice-dev/statefulsets")).not.toContain("backup");
});

test("a destroy names all that goes with the stack", async () => {
  const { code, stderr } = await bench.run(["destroy", "--stack", "dev", "--yes"]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/lost for good: Namespace environment-platform: everything/);
  expect(stderr).toMatch(/lost for good: StatefulSet redis-statefulset: .*data, 1Gi/);
});
