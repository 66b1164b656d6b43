import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recallCluster, rememberCluster, requireSameCluster } from "@homeslice/cli/cluster/memory.ts";
import { readableOutputs } from "@homeslice/cli/cluster/outputs.ts";
import { dependenciesIn, withCreated } from "@homeslice/cli/cluster/state.ts";
import { expect, test } from "vitest";

const resource = (type: string, metadata?: object) => ({
  urn: `urn:pulumi:dev::homeslice::${type}::a`,
  type,
  custom: true,
  ...(metadata ? { inputs: { metadata: { ...metadata } } } : {}),
});

/** A state in which these operations had begun when the run was killed. */
const state = (
  ...pending: readonly {
    type: string;
    resource: Parameters<typeof withCreated>[0]["deployment"]["resources"][number];
  }[]
) => ({
  version: 3,
  deployment: { manifest: {}, resources: [resource("kubernetes:core/v1:Namespace")], pending_operations: [...pending] },
});

test("an object that was being created is looked for under its name", () => {
  const service = resource("kubernetes:core/v1:Service", { name: "redis", namespace: "homeslice-dev" });
  const namespace = { ...resource("kubernetes:core/v1:Namespace", { name: "x" }), urn: "urn:other" };
  const settled = withCreated(
    state({ type: "creating", resource: service }, { type: "creating", resource: namespace }),
  );
  expect(settled.deployment.resources.slice(1)).toEqual([
    { ...service, id: "homeslice-dev/redis" },
    { ...namespace, id: "x" },
  ]);
  expect(settled.deployment.pending_operations).toEqual([]);
  expect(settled).toMatchObject({ version: 3, deployment: { manifest: {} } });
});

test("what was being created in Grafana is looked for under its uid", () => {
  const folder = { ...resource("grafana:oss/folder:Folder"), inputs: { uid: "sales" } };
  const settled = withCreated(state({ type: "creating", resource: folder }));
  expect(settled.deployment.resources.slice(1)).toEqual([{ ...folder, id: "1:sales" }]);
});

test("what cannot be found by a name is forgotten, and created again by the next run", () => {
  const settled = withCreated(
    state(
      { type: "creating", resource: resource("random:index/randomPassword:RandomPassword") },
      { type: "creating", resource: resource("kubernetes:core/v1:Service", { generateName: "a-" }) },
    ),
  );
  expect(settled.deployment.resources).toHaveLength(1);
  expect(settled.deployment.pending_operations).toEqual([]);
});

test("a replacement that was under way keeps its predecessor in the state", () => {
  const known = { ...resource("kubernetes:core/v1:Namespace", { name: "x" }) };
  expect(withCreated(state({ type: "creating", resource: known })).deployment.resources).toHaveLength(1);
});

test("updates and deletions are left to the refresh", () => {
  const updating = { type: "updating", resource: resource("kubernetes:core/v1:Service", { name: "a" }) };
  expect(withCreated(state(updating)).deployment.pending_operations).toEqual([updating]);
});

test("a stack is not run against another cluster than the one it lives in", () => {
  const path = join(mkdtempSync(join(tmpdir(), "homeslice-memory-")), "cluster.json");
  expect(recallCluster(path)).toEqual({});
  rememberCluster(path, { server: "https://one", uid: "1" });
  const known = recallCluster(path);
  expect(() => requireSameCluster("dev", known, { server: "https://two", uid: "2" }, path)).toThrow(
    /another cluster \(https:\/\/one\) than the one chosen now \(https:\/\/two\)[\s\S]*Nothing was changed/,
  );
  requireSameCluster("dev", known, { server: "https://moved", uid: "1" }, path);
  requireSameCluster("dev", known, { server: "https://unreadable" }, path);
  writeFileSync(path, "{");
  expect(recallCluster(path)).toEqual({});
});

test("a resource waits for what it depends on and for its provider", () => {
  const cluster = "urn:pulumi:dev::homeslice::pulumi:providers:kubernetes::cluster";
  const service = { ...resource("kubernetes:core/v1:Service"), dependencies: ["urn:a", "urn:b"] };
  const waits = dependenciesIn([
    { ...service, provider: `${cluster}::0f0e` },
    { ...service, urn: "urn:c", provider: "" },
  ]);
  expect([...waits.values()]).toEqual([
    ["urn:a", "urn:b", cluster],
    ["urn:a", "urn:b"],
  ]);
});

test("the outputs of a stack are read from its state, unless one of them is encrypted there", () => {
  const urls = { grafana: "https://grafana.home.example.org" };
  const outputsIn = (outputs: Record<string, unknown>) =>
    readableOutputs([resource("kubernetes:core/v1:Namespace"), { ...resource("pulumi:pulumi:Stack"), outputs }]);
  expect(outputsIn({ urls, environment: "dev" })).toEqual({
    urls: { value: urls, secret: false },
    environment: { value: "dev", secret: false },
  });
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
  expect(outputsIn({ urls: { ...urls, password: secret } })).toBeUndefined();
  expect(readableOutputs([])).toEqual({});
});
