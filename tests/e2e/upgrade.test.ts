import { afterAll, beforeAll, expect, test } from "vitest";
import { Bench, NOTHING, report } from "./clusterSupport.ts";
import { PASSPHRASE, readFixture, restoreFixture, STACK } from "./upgrade/fixture.ts";

const env = { PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
const up = ["up", "--stack", STACK, "--yes", "--json"];
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
  await restoreFixture(bench, readFixture("0.1.0"));
});
afterAll(() => bench.stop());

/** What holds data or secrets, by kind, namespace and name, with the identity that it has for life. */
async function lasting(): Promise<string[]> {
  const paths = [
    "/api/v1/namespaces",
    "/api/v1/persistentvolumeclaims",
    "/api/v1/secrets",
    "/apis/apps/v1/statefulsets",
  ];
  const lists = await Promise.all(paths.map((path) => bench.list(path)));
  return lists.flat().map(({ metadata: { namespace, name, uid } }) => `${namespace ?? ""}/${name} ${uid}`);
}

test("the stack of an earlier version is brought up to date without losing anything that lasts", async () => {
  const before = await lasting();
  expect(before.length).toBeGreaterThan(10);
  const { stderr, ...finished } = await bench.run(up, env);
  const { changes } = report({ stderr, ...finished });
  expect(changes.create + changes.update).toBeGreaterThan(0);
  expect(stderr).not.toContain("!!");
  expect(await lasting()).toEqual(expect.arrayContaining(before));
});

test("after that, up changes nothing", async () => {
  expect(report(await bench.run(up, env)).changes).toMatchObject(NOTHING);
});
