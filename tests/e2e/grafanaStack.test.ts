import { afterAll, beforeAll, expect, test } from "vitest";
import { Bench, core, NOTHING, report } from "./clusterSupport.ts";

const on = {
  ...core,
  grafana: { teams: { crew: {} }, folders: { sales: { title: "Sales", teams: { crew: "edit" } } } },
};
const up = ["up", "--stack", "dev", "--yes", "--json"];
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
});
afterAll(() => bench.stop());

test("up fills a Grafana that nothing but the cluster's API leads to, and a second up changes nothing", async () => {
  bench.configure("dev", on);
  expect(report(await bench.run(["preview", "--stack", "dev", "--json"])).changes.create).toBeGreaterThan(30);
  expect(bench.grafana("dev").requests).toEqual([]);
  report(await bench.run(up));
  const { datasources, folders, dashboards, teams } = bench.grafana("dev");
  expect(datasources.uids).toEqual(["postgresql"]);
  expect(dashboards.uids).toHaveLength(5);
  expect(folders.permissionsOf("sales")).toContainEqual({ teamId: teams.named("crew")?.id, permission: "Edit" });
  const requests = bench.grafana("dev").requests.length;
  expect(report(await bench.run(up)).changes).toEqual({ ...NOTHING, same: expect.any(Number) });
  expect(bench.grafana("dev").requests.length).toBe(requests);
});

test("what somebody changes in Grafana is found by refresh and put right by up", async () => {
  bench.configure("dev", on);
  bench.grafana("dev").datasources.change("postgresql", { url: "elsewhere:5432" });
  const refresh = await bench.run(["refresh", "--stack", "dev", "--json"]);
  expect(report(refresh).changes).toMatchObject({ update: 1 });
  report(await bench.run(up));
  expect(bench.grafana("dev").datasources.find("postgresql")).toMatchObject({
    url: "postgresql.homeslice-dev.svc:5432",
  });
});

test("switched off, it is emptied and gone; switched on again, it is as before, with the same password", async () => {
  bench.configure("dev", core);
  report(await bench.run(up));
  const { datasources, folders, dashboards } = bench.grafana("dev");
  expect([...datasources.uids, ...folders.uids, ...dashboards.uids]).toEqual([]);
  bench.configure("dev", on);
  report(await bench.run(up));
  expect(folders.uids).toEqual(["platform", "sales"]);
});

test("refresh leaves out what is in a Grafana that does not answer, and destroy needs no answer", async () => {
  const path = "/apis/apps/v1/namespaces/homeslice-dev/deployments/grafana";
  await bench.kube.request("DELETE", path);
  const refresh = await bench.run(["refresh", "--stack", "dev", "--json"]);
  expect(refresh.stderr).toContain("Grafana does not answer: what is in it is left out of this refresh");
  expect(report(refresh).changes).toMatchObject({ delete: 1 });
  const writes = bench.grafana("dev").writes().length;
  report(await bench.run(["destroy", "--stack", "dev", "--yes", "--json"]));
  expect(bench.grafana("dev").writes().length).toBe(writes);
});
