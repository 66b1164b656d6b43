import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Bench, core, NOTHING, report } from "./clusterSupport.ts";

const up = ["up", "--stack", "dev", "--yes", "--json"];
const release = ["release", "--stack", "dev", "--yes", "--json"];
const image = (version: string) => `ghcr.io/homeslice/orchestrator:${version}`;
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
  bench.configure("dev", core);
  report(await bench.run(up));
});
afterAll(() => bench.stop());

const serviceSchema = z.object({ spec: z.object({ selector: z.record(z.string(), z.string()) }) });
const namespace = "namespaces/homeslice-dev";

/** The colour that the Service leads to. */
async function serving(): Promise<string | undefined> {
  const { body } = await bench.kube.get(`/api/v1/${namespace}/services/orchestrator`);
  return serviceSchema.parse(body).spec.selector["homeslice.dev/colour"];
}

const deploymentSchema = z.object({
  spec: z.object({
    replicas: z.number(),
    template: z.object({ spec: z.object({ containers: z.tuple([z.object({ image: z.string() })]) }) }),
  }),
});

/** Instances and image of every colour that there is. */
async function colours(): Promise<Record<string, [number, string]>> {
  const items = await bench.list(`/apis/apps/v1/${namespace}/deployments`);
  return Object.fromEntries(
    items.map((item) => {
      const { replicas, template } = deploymentSchema.parse(item).spec;
      return [item.metadata.name.replace("orchestrator-", ""), [replicas, template.spec.containers[0].image]];
    }),
  );
}

async function expectNothingLeftToDo(): Promise<void> {
  expect(report(await bench.run(up)).changes).toMatchObject(NOTHING);
}

test("a release switches to the new version, keeps the old one at hand, and is part of the settings from then on", async () => {
  const { code, stdout, stderr } = await bench.run([...release, "--version", "0.2.0"]);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    operation: "release",
    changed: true,
    to: { colour: "green", image: image("0.2.0") },
  });
  expect(await serving()).toBe("green");
  expect(await colours()).toEqual({ blue: [0, image("0.1.0")], green: [1, image("0.2.0")] });
  const next = report(await bench.run(up));
  expect(next.changes).toMatchObject(NOTHING);
  expect(next.outputs).toMatchObject({ orchestrator: { active: "green", image: image("0.2.0") } });
});

test("the old version serves until the check of the new one has succeeded", async () => {
  const path = `/apis/batch/v1/${namespace}/jobs`;
  const checks = (await bench.names(path)).filter((name) => name.startsWith("orchestrator-check-"));
  expect(checks).toHaveLength(1);
  const { body } = await bench.kube.get(`${path}/${checks[0]}`);
  expect(body).toMatchObject({ status: { succeeded: 1 } });
});

test("a rollback switches back", async () => {
  const { code, stderr } = await bench.run([...release, "--rollback"]);
  expect(code, stderr).toBe(0);
  expect(await serving()).toBe("blue");
  expect(await colours()).toEqual({ blue: [1, image("0.1.0")], green: [0, image("0.2.0")] });
  await expectNothingLeftToDo();
});
