import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStack, type TestStack } from "../standins/stack.ts";
import { eventually } from "../support/eventually.ts";
import { KubeClient } from "../testbed/client.ts";
import { startTestbed } from "../testbed/testbed.ts";
import * as manifests from "./manifests.ts";

const dir = mkdtempSync(join(tmpdir(), "homeslice-standins-"));
let testbed: Awaited<ReturnType<typeof startTestbed>>;
let cluster: KubeClient;
let number = 0;
let namespace: string;
let stack: TestStack;

beforeAll(async () => {
  testbed = await startTestbed({ dir: join(dir, "testbed"), nodes: 1 });
  cluster = await KubeClient.fromFile(testbed.kubeconfig);
});

afterAll(async () => {
  cluster?.close();
  await testbed?.reset();
  await testbed?.stop();
  rmSync(dir, { recursive: true });
});

/** Each test has a stack and a namespace of its own, and a namespace costs seconds to delete: they stay. */
beforeEach(async () => {
  namespace = `test-${++number}`;
  stack = await createStack(join(dir, namespace), { KUBECONFIG: testbed.kubeconfig });
});

interface Settings extends kubernetes.ProviderArgs {
  readonly labels?: Record<string, string>;
}

type Resources = (options: { provider: kubernetes.Provider; parent?: pulumi.Resource }) => unknown;

/** A program that makes the namespace and what `resources` adds to it. */
function inNamespace(resources: Resources, { labels, ...settings }: Settings = {}): PulumiFn {
  return async () => {
    const provider = new kubernetes.Provider("cluster", { kubeconfig: testbed.kubeconfig, namespace, ...settings });
    const own = new kubernetes.core.v1.Namespace("namespace", manifests.namespace(namespace, labels), { provider });
    resources({ provider, parent: own });
    return {};
  };
}

type Manifest = ReturnType<typeof manifests.deployment>;

const configMap =
  (data: Record<string, string>, name = "settings"): Resources =>
  (options) =>
    new kubernetes.core.v1.ConfigMap("settings", { metadata: { name }, data }, options);

const deployment =
  (replicas: number, change: (manifest: Manifest) => kubernetes.apps.v1.DeploymentArgs = (same) => same): Resources =>
  (options) =>
    new kubernetes.apps.v1.Deployment("web", change(manifests.deployment("web", replicas)), options);

async function up(program: PulumiFn) {
  stack.use(program);
  return (await stack.stack.up()).summary.resourceChanges;
}

/** The message that the operation fails with. */
async function failure(operation: Promise<unknown>): Promise<string> {
  return operation.then(
    () => "it did not fail",
    (error: unknown) => String(error),
  );
}

const patch = (path: string, fieldManager: string, body: object) =>
  cluster.request("PATCH", `${path}?fieldManager=${fieldManager}`, {
    body,
    contentType: "application/merge-patch+json",
  });

const web = () => `/apis/apps/v1/namespaces/${namespace}/deployments/web`;

describe("kubernetes", () => {
  test("creates, finds nothing to change, and destroys without leaving anything", async () => {
    const program = inNamespace((options) => {
      deployment(2)(options);
      new kubernetes.apps.v1.StatefulSet("db", manifests.statefulSet("db"), options);
      new kubernetes.batch.v1.Job("once", manifests.job("once"), options);
    });
    expect(await up(program)).toEqual({ create: 6 });
    expect(await cluster.find(web())).toMatchObject({ status: { availableReplicas: 2 } });
    expect(await up(program)).toEqual({ same: 6 });
    await stack.stack.destroy();
    expect(await cluster.find(`/api/v1/namespaces/${namespace}`)).toBeUndefined();
  });

  test("previews exactly what was edited", async () => {
    await up(inNamespace(deployment(1)));
    stack.use(inNamespace(deployment(3)));
    const { stdout, changeSummary } = await stack.stack.preview({ diff: true });
    expect(changeSummary).toEqual({ same: 3, update: 1 });
    expect(stdout).toContain("~ replicas: 1 => 3");
    expect(stdout.match(/^ +[~+-] \w+: [^{[]+$/gm)).toHaveLength(1);
  });

  test("names objects itself, and replaces data without taking the old away first", async () => {
    const unnamed = (data: Record<string, string>) =>
      inNamespace((options) => new kubernetes.core.v1.ConfigMap("auto", { data }, options));
    const names = async () => {
      const { body } = await cluster.get(`/api/v1/namespaces/${namespace}/configmaps`);
      return [...JSON.stringify(body).matchAll(/"name":"(auto-[0-9a-f]{8})"/g)].map(([, name]) => name);
    };
    await up(unnamed({ color: "red" }));
    const before = await names();
    expect(await up(unnamed({ color: "blue" }))).toEqual({ same: 3, replace: 1 });
    const after = await names();
    expect([before.length, after.length]).toEqual([1, 1]);
    expect(after).not.toEqual(before);
  });

  test("replaces an object of which an immutable field changes, deleting it first when its name stays", async () => {
    await up(inNamespace(deployment(1)));
    const relabelled = deployment(1, ({ spec, ...rest }) => {
      const labels = { app: "other" };
      const template = { ...spec.template, metadata: { labels } };
      return { ...rest, spec: { ...spec, selector: { matchLabels: labels }, template } };
    });
    expect(await up(inNamespace(relabelled))).toEqual({ same: 3, replace: 1 });
    expect(await cluster.find(web())).toMatchObject({ spec: { selector: { matchLabels: { app: "other" } } } });
  });

  test("finds by refresh what somebody else has changed or deleted, and puts it right", async () => {
    const program = inNamespace((options) => {
      deployment(2)(options);
      configMap({ color: "red" })(options);
    });
    await up(program);
    await patch(web(), "kubectl-edit", { spec: { replicas: 5 } });
    await cluster.request("DELETE", `/api/v1/namespaces/${namespace}/configmaps/settings`);
    const refresh = await stack.stack.refresh();
    expect(refresh.summary.resourceChanges).toEqual({ same: 3, update: 1, delete: 1 });
    expect(refresh.stdout).toMatch(/web .*~spec/);
    expect(await up(program)).toEqual({ same: 3, update: 1, create: 1 });
    expect(await cluster.find(web())).toMatchObject({ spec: { replicas: 2 } });
  });

  test("does not overwrite a field that another manager owns, and names that manager", async () => {
    await up(inNamespace(deployment(2)));
    await patch(web(), "autoscaler", { spec: { replicas: 5 } });
    stack.use(inNamespace(deployment(3)));
    const message = await failure(stack.stack.up());
    expect(message).toContain("field conflict");
    expect(message).toContain('conflict with "autoscaler"');
    expect(await up(inNamespace(deployment(3), { enablePatchForce: true }))).toMatchObject({ update: 2 });
  });

  test("refuses an object that exists already unless told to take it over", async () => {
    await up(inNamespace(() => undefined));
    const existing = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { color: "red" } };
    await cluster.request("POST", `/api/v1/namespaces/${namespace}/configmaps?fieldManager=kubectl`, {
      body: existing,
    });
    stack.use(inNamespace(configMap({ color: "blue" })));
    expect(await failure(stack.stack.up())).toContain('ConfigMap "settings" already exists');
    await up(inNamespace(configMap({ color: "blue" }), { upsertExistingObjects: true }));
    const settings = await cluster.find(`/api/v1/namespaces/${namespace}/configmaps/settings`);
    expect(settings).toMatchObject({ data: { color: "blue" } });
  });

  test("reads an existing object into the state by import", async () => {
    await up(inNamespace(() => undefined));
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { color: "red" } };
    await cluster.request("POST", `/api/v1/namespaces/${namespace}/configmaps`, { body });
    const imported: Resources = (options) =>
      new kubernetes.core.v1.ConfigMap(
        "settings",
        { metadata: { name: "settings", namespace }, data: { color: "red" } },
        { ...options, import: `${namespace}/settings` },
      );
    expect(await up(inNamespace(imported))).toEqual({ same: 3, import: 1 });
    expect(await up(inNamespace(configMap({ color: "red" })))).toEqual({ same: 4 });
  });

  test("shows in a preview what the API server would refuse", async () => {
    await up(inNamespace(() => undefined));
    const misspelt = { replikas: 1 };
    stack.use(inNamespace(deployment(1, ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, ...misspelt } }))));
    expect(await failure(stack.stack.preview())).toContain(".spec.replikas: field not declared in schema");
  });

  test("fails with the reason when Pod Security refuses the pods of a workload", async () => {
    const careless = deployment(1, ({ spec, metadata, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, annotations: { "pulumi.com/timeoutSeconds": "3" } },
      spec: { ...spec, template: { ...spec.template, spec: manifests.withOneContainer({}) } },
    }));
    stack.use(inNamespace(careless, { labels: { "pod-security.kubernetes.io/enforce": "restricted" } }));
    const message = await failure(stack.stack.up());
    expect(message).toContain("did not become ready");
    expect(message).toContain('violates PodSecurity "restricted:latest"');
    expect(stack.state()).toContain('"web"'); // it exists, so the next run must know about it
  });

  test("stops waiting when interrupted, and the next run finishes what was begun", async () => {
    const enormous = deployment(1, ({ spec, ...rest }) => {
      const [container] = spec.template.spec.containers;
      const resources = { requests: { cpu: "1000" } };
      const containers = [{ ...container, name: "main", resources }];
      return { ...rest, spec: { ...spec, template: { ...spec.template, spec: { containers } } } };
    });
    stack.use(inNamespace(enormous));
    const interruption = new AbortController();
    const interrupted = failure(stack.stack.up({ signal: interruption.signal }));
    await eventually(async () => (await cluster.find(web())) !== undefined, "the Deployment is there");
    interruption.abort();
    expect(await interrupted).toContain("the wait was cancelled");
    expect(await up(inNamespace(deployment(1)))).toEqual({ same: 3, update: 1 });
  });

  test("keeps secrets out of state, preview and output", async () => {
    const password = "correct-horse-battery";
    const texts = [password, Buffer.from(password).toString("base64")];
    const secretive = (value: string) =>
      inNamespace((options) => {
        const stringData = { password: pulumi.secret(value) };
        new kubernetes.core.v1.Secret("login", { metadata: { name: "login" }, stringData }, options);
      });
    stack.use(secretive("earlier"));
    const shown = [(await stack.stack.preview({ diff: true })).stdout, (await stack.stack.up()).stdout];
    stack.use(secretive(password));
    shown.push((await stack.stack.preview({ diff: true })).stdout, (await stack.stack.up()).stdout);
    shown.push((await stack.stack.refresh()).stdout, stack.state());
    for (const text of texts) expect(shown.filter((output) => output.includes(text))).toEqual([]);
    expect(await cluster.find(`/api/v1/namespaces/${namespace}/secrets/login`)).toMatchObject({
      data: { password: texts[1] },
    });
  });

  test("says so when the cluster cannot be reached, and forgets nothing", async () => {
    const kubeconfig = join(dir, "copy.kubeconfig");
    const text = readFileSync(testbed.kubeconfig, "utf8");
    writeFileSync(kubeconfig, text);
    await up(inNamespace(configMap({ color: "red" }), { kubeconfig }));
    const resources = () => JSON.parse(stack.state()).checkpoint.latest.resources.length;
    const before = resources();
    writeFileSync(kubeconfig, text.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1"));
    stack.use(inNamespace(configMap({ color: "blue" }), { kubeconfig }));
    for (const operation of ["preview", "up", "refresh", "destroy"] as const) {
      expect(await failure(stack.stack[operation]())).toContain("configured Kubernetes cluster is unreachable");
      expect(resources()).toBe(before);
    }
  });
});
