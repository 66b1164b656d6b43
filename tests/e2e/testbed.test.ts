import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCluster, PodPort } from "@homeslice/tunnel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { eventually } from "../support/eventually.ts";
import { KubeApiError, KubeClient } from "../testbed/client.ts";
import { forwardPods, stopForward } from "../testbed/forwards.ts";
import { isOurs } from "../testbed/processes.ts";
import { readState } from "../testbed/state.ts";
import { down, reset, up } from "../testbed/testbed.ts";
import { deployment, job, namespace, pod, statefulSet, withOneContainer } from "./manifests.ts";

const dir = mkdtempSync(join(tmpdir(), "homeslice-testbed-"));
const options = { dir, nodes: 2 };
let client: KubeClient;

async function connect(): Promise<void> {
  client?.close();
  client = await KubeClient.fromFile(join(dir, "kubeconfig"));
}

async function create(path: string, body: unknown): Promise<unknown> {
  return (await client.request("POST", path, { body })).body;
}

/** A number in the status of an object, 0 as long as it is missing. */
async function statusNumber(path: string, field: string): Promise<number> {
  const object = z
    .object({ status: z.record(z.string(), z.unknown()).default({}) })
    .parse((await client.get(path)).body);
  return Number(object.status[field] ?? 0);
}

async function processes() {
  return (await readState(dir))?.processes ?? [];
}

beforeAll(async () => {
  await up(options);
  await connect();
  await create("/api/v1/namespaces", namespace("team"));
});

afterAll(async () => {
  client?.close();
  await down(options);
  rmSync(dir, { recursive: true });
});

describe("a running testbed", () => {
  test("has a kubeconfig that its owner alone may read", () => {
    expect(statSync(join(dir, "kubeconfig")).mode & 0o777).toBe(0o600);
  });

  test("makes Deployments available", async () => {
    await create("/apis/apps/v1/namespaces/team/deployments", deployment("web"));
    const path = "/apis/apps/v1/namespaces/team/deployments/web";
    await eventually(async () => (await statusNumber(path, "availableReplicas")) === 2, "two replicas are available");
  });

  test("runs a DaemonSet on every node", async () => {
    const { replicas: _, ...spec } = deployment("everywhere").spec;
    await create("/apis/apps/v1/namespaces/team/daemonsets", {
      ...deployment("everywhere"),
      kind: "DaemonSet",
      spec,
    });
    const path = "/apis/apps/v1/namespaces/team/daemonsets/everywhere";
    await eventually(async () => (await statusNumber(path, "numberReady")) === 2, "both nodes run it");
  });

  test("binds the claims of StatefulSets to volumes", async () => {
    await create("/apis/apps/v1/namespaces/team/statefulsets", statefulSet("db"));
    const set = "/apis/apps/v1/namespaces/team/statefulsets/db";
    await eventually(async () => (await statusNumber(set, "readyReplicas")) === 1, "the replica is ready");
    const claim = await client.get("/api/v1/namespaces/team/persistentvolumeclaims/data-db-0");
    expect(claim.body).toMatchObject({ status: { phase: "Bound" } });
  });

  test("completes Jobs", async () => {
    await create("/apis/batch/v1/namespaces/team/jobs", job("once"));
    const path = "/apis/batch/v1/namespaces/team/jobs/once";
    await eventually(async () => (await statusNumber(path, "succeeded")) === 1, "the job has succeeded");
  });

  test("gives load balancers and ingresses an address", async () => {
    const ports = [{ port: 80 }];
    await create("/api/v1/namespaces/team/services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "edge" },
      spec: { type: "LoadBalancer", ports },
    });
    await create("/apis/networking.k8s.io/v1/namespaces/team/ingresses", {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "edge" },
      spec: { defaultBackend: { service: { name: "edge", port: { number: 80 } } } },
    });
    for (const path of ["/api/v1/namespaces/team/services", "/apis/networking.k8s.io/v1/namespaces/team/ingresses"]) {
      const found = async () => JSON.stringify((await client.get(`${path}/edge`)).body).includes("192.0.2.1");
      await eventually(found, `an address in ${path}`);
    }
  });

  test("leads forwarded ports of pods to an address of this machine", async () => {
    const server = createServer((request, response) => response.end(`${request.method} ${request.url}`));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const service = { selector: { app: "web" }, ports: [{ port: 80, targetPort: 9000 }] };
    await create("/api/v1/namespaces/team/services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: service,
    });
    await forwardPods(client, { namespace: "team", port: 9000, to: `127.0.0.1:${port}` });
    const web = new PodPort(() => findCluster({ kubeconfig: join(dir, "kubeconfig") }), {
      namespace: "team",
      service: "web",
      port: 80,
    });
    const listener = await web.listen();
    // Each on a connection of its own: one that is kept open would go on to lead where it led.
    const headers = { connection: "close" };
    const get = (path: string) =>
      fetch(`http://${listener.address}/${path}`, { headers }).then((answer) => answer.text());
    await eventually(async () => (await get("first").catch(() => "")) === "GET /first", "the forward is in place");
    expect(await Promise.all(["a", "b", "c"].map(get))).toEqual(["GET /a", "GET /b", "GET /c"]);

    await stopForward(client, { namespace: "team", port: 9000 });
    await eventually(async () => (await get("last").catch(() => "refused")) === "refused", "nothing is forwarded");
    expect(listener.failure).toMatchObject({ code: "tunnel.failed" });
    await listener.close();
    server.closeAllConnections();
    server.close();
  });

  test("enforces Pod Security where a namespace asks for it", async () => {
    await create("/api/v1/namespaces", namespace("strict", { "pod-security.kubernetes.io/enforce": "restricted" }));
    await eventually(
      async () => (await client.find("/api/v1/namespaces/strict/serviceaccounts/default")) !== undefined,
      "the namespace admits pods",
    );
    const path = "/api/v1/namespaces/strict/pods";
    const refused = await create(path, pod("careless", withOneContainer({}))).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(KubeApiError);
    expect(String(refused)).toContain('violates PodSecurity "restricted:latest"');
    await expect(create(path, pod("careful"))).resolves.toMatchObject({ kind: "Pod" });
  });
});

describe("starting, resetting and ending", () => {
  test("a second `up` leaves everything as it is and changes only the number of nodes", async () => {
    const before = await processes();
    await up({ ...options, nodes: 3 });
    expect(await processes()).toEqual(before);
    expect(await client.get("/api/v1/nodes/node-3")).toMatchObject({ status: 200 });
  });

  test("`up` brings back a testbed of which a part was killed, with its data and at its address", async () => {
    const { server } = client;
    const [, apiserver] = await processes();
    process.kill(apiserver?.pid ?? 0, "SIGKILL");
    await eventually(async () => !(await isOurs(apiserver?.pid ?? 0, dir)), "the API server is gone");
    await up(options);
    await connect();
    expect(client.server).toBe(server);
    expect(await client.find("/api/v1/namespaces/team")).toBeDefined();
  });

  test("`reset` empties it and keeps its address", async () => {
    const { server } = client;
    await reset(options);
    await connect();
    expect(client.server).toBe(server);
    expect(await client.find("/api/v1/namespaces/team")).toBeUndefined();
  });

  test("an interrupted `up` leaves nothing running", async () => {
    await down(options);
    const main = spawn(process.execPath, [join(import.meta.dirname, "../testbed/main.ts"), "up", `--dir=${dir}`]);
    const ended = once(main, "exit");
    await eventually(async () => (await processes()).length > 0, "the first processes are started");
    const started = await processes();
    main.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    expect(await Promise.all(started.map(({ pid }) => isOurs(pid, dir)))).not.toContain(true);
    await up(options);
  });

  test("`down` leaves neither processes nor kubeconfig behind", async () => {
    const started = await processes();
    expect(started).toHaveLength(5);
    await down(options);
    const alive = await Promise.all(started.map(({ pid }) => isOurs(pid, dir)));
    expect(alive).toEqual(started.map(() => false));
    await expect(readFile(join(dir, "kubeconfig"))).rejects.toThrow("ENOENT");
  });
});
