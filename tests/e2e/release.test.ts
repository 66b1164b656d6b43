import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { z } from "zod";
import { Bench, core, NOTHING, report } from "./clusterSupport.ts";

const up = ["up", "--stack", "dev", "--yes", "--json"];
/** Half as long: what would be lost is not looked for. */
const fearless = [...up, "--allow-data-loss"];
const release = ["release", "--stack", "dev", "--yes", "--json"];
const image = (version: string) => `ghcr.io/homeslice/orchestrator:${version}`;
let bench: Bench;
let settings: string;
let first: ReturnType<typeof report>;

beforeAll(async () => {
  bench = await Bench.start();
  settings = bench.configure("dev", core);
  first = report(await bench.run(up));
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

const policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic";
const metadata = { name: "refused-image" };

/** Lets no instance of an image start, until that is lifted; what migrates the database does. */
async function refusePods(refused: string): Promise<{ lift: () => Promise<void> }> {
  const post = (path: string, kind: string, spec: object) =>
    bench.kube.request("POST", path, { body: { apiVersion: "admissionregistration.k8s.io/v1", kind, metadata, spec } });
  const resourceRules = [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }];
  const expression = `object.spec.containers.all(container, container.image != "${refused}" || container.args[0] != "serve")`;
  await post(`${policies}ies`, "ValidatingAdmissionPolicy", {
    matchConstraints: { resourceRules },
    matchConditions: [{ name: "ours", expression: "has(object.spec.containers[0].args)" }],
    validations: [{ expression, message: "no such image" }],
  });
  const policyName = metadata.name;
  await post(`${policies}ybindings`, "ValidatingAdmissionPolicyBinding", { policyName, validationActions: ["Deny"] });
  const lift = async () => {
    for (const path of [`${policies}ybindings`, `${policies}ies`]) {
      await bench.kube.request("DELETE", `${path}/${metadata.name}`);
    }
  };
  return { lift };
}

test("a bring-up tells what it had to wait for, in order", () => {
  const path = (first.criticalPath ?? []).map(({ resource }) => resource);
  const expected = ["StatefulSet postgresql-statefulset", "Job orchestrator-migrate-job"];
  expect(path.filter((resource) => expected.includes(resource))).toEqual(expected);
  expect(path.indexOf("Deployment orchestrator-blue-deployment")).toBeGreaterThan(path.indexOf(expected[1] ?? ""));
  const seconds = (first.criticalPath ?? []).reduce((sum, step) => sum + step.seconds, 0);
  expect(seconds).toBeLessThan(first.durationMs / 1000);
});

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
  const next = report(await bench.run(fearless));
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
});

test("a release whose instances never get ready switches nothing, says why, and leaves nothing behind", async () => {
  const before = { colours: await colours(), settings: readFileSync(settings, "utf8") };
  const denied = await refusePods(image("0.3.0"));
  const document = parseDocument(before.settings);
  document.setIn(["config", "homeslice:orchestrator", "readySeconds"], 10);
  writeFileSync(settings, document.toString());
  const { code, stdout, stderr } = await bench.run([...release, "--version", "0.3.0"]);
  await denied.lift();
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/0\.3\.0 does not serve:[\s\S]*orchestrator-green[\s\S]*:0\.1\.0 serves as blue, as before/);
  expect(await serving()).toBe("blue");
  expect(await colours()).toEqual(before.colours);
  expect(readFileSync(settings, "utf8")).toBe(document.toString());
  writeFileSync(settings, before.settings);
  expect(report(await bench.run(fearless)).changes).toMatchObject(NOTHING);
});

/** Makes a release and kills it, with its engine, once it has done a step. */
async function killedAfter(step: RegExp, version: string): Promise<void> {
  const running = await bench.startUntil([...release, "--version", version], step);
  const engine = bench.enginePid("dev");
  running.child.kill("SIGKILL");
  process.kill(engine, "SIGKILL");
  await running.finished;
}

test("a release that was killed in the middle is finished by the next up", async () => {
  await killedAfter(/updated {2}Deployment orchestrator-green/, "0.4.0");
  expect(await serving()).toBe("blue");
  report(await bench.run(up));
  expect(await serving()).toBe("green");
  expect(await colours()).toEqual({ blue: [0, image("0.1.0")], green: [1, image("0.4.0")] });
});

test("a release that was killed when it had switched is never switched back unasked", async () => {
  await killedAfter(/updated {2}Service orchestrator-service/, "0.5.0");
  expect(await serving()).toBe("blue");
  const again = await bench.run([...release, "--version", "0.5.0"]);
  expect(again.code, again.stderr).toBe(0);
  expect(await serving()).toBe("blue");
  expect(await colours()).toEqual({ blue: [1, image("0.5.0")], green: [0, image("0.4.0")] });
});
