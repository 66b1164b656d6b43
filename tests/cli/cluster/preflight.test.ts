import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachCluster, requirePostgresqlOperator, requireUserNamespaces } from "@homeslice/cli/cluster/preflight.ts";
import { readKubeconfig } from "@homeslice/tunnel/kubeconfig.ts";
import { afterEach, expect, test } from "vitest";
import { stringify } from "yaml";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** An API server that answers each path with a status and a body, or not at all. */
async function listen(answers: Readonly<Record<string, readonly [number, unknown]>>) {
  const started = createServer((request, response) => {
    const [status, body] = answers[request.url ?? ""] ?? [];
    if (status) response.writeHead(status).end(JSON.stringify(body));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  return target(typeof address === "object" && address ? address.port : 0);
}

function target(port: number) {
  const server = `http://127.0.0.1:${port}`;
  const path = join(mkdtempSync(join(tmpdir(), "homeslice-preflight-")), "kubeconfig");
  const text = stringify({
    "current-context": "lab",
    contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
    clusters: [{ name: "lab", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "lab", user: { token: "none" } }],
  });
  writeFileSync(path, text);
  return { kubeconfig: readKubeconfig([path]), context: "lab", server, testbed: false };
}

const version = [200, { gitVersion: "v1.36.3" }] as const;

test("a cluster that answers tells its version and identity", async () => {
  const found = await listen({
    "/version": version,
    "/api/v1/namespaces/kube-system": [200, { metadata: { uid: "1-2" } }],
  });
  expect(await reachCluster(found)).toEqual({ version: "v1.36.3", uid: "1-2" });
});

test("without the right to read its identity, a cluster still counts as reached", async () => {
  const found = await listen({ "/version": version, "/api/v1/namespaces/kube-system": [403, {}] });
  expect(await reachCluster(found)).toEqual({ version: "v1.36.3" });
});

test("credentials that are not accepted are told apart from a cluster that is not there", async () => {
  const found = await listen({ "/version": version, "/api/v1/namespaces/kube-system": [401, {}] });
  await expect(reachCluster(found)).rejects.toMatchObject({ code: "cluster.unauthorized" });
});

test("an address where nobody listens is one clear message", async () => {
  await expect(reachCluster(target(9))).rejects.toMatchObject({
    code: "cluster.unreachable",
    message: expect.stringMatching(
      /context "lab": the cluster at http:\/\/127\.0\.0\.1:9 cannot be reached[\s\S]*Nothing was changed/,
    ),
  });
});

test("a server that does not answer is given up after the time-out", async () => {
  const found = await listen({});
  await expect(reachCluster(found, 100)).rejects.toThrow("no answer within 0.1 s");
});

test("a server that is no API server is not taken for one", async () => {
  const found = await listen({ "/version": [200, { hello: "world" }] });
  await expect(reachCluster(found)).rejects.toMatchObject({ code: "cluster.unreachable" });
});

const node = (name: string, userNamespaces?: boolean) => ({
  metadata: { name },
  status: {
    nodeInfo: { kernelVersion: "6.1.0", containerRuntimeVersion: "containerd://1.7.2" },
    ...(userNamespaces !== undefined && { runtimeHandlers: [{ features: { userNamespaces } }] }),
  },
});

test("nodes that cannot give pods users of their own are named, with both ways out", async () => {
  const found = await listen({ "/api/v1/nodes": [200, { items: [node("old", false), node("new", true)] }] });
  await expect(requireUserNamespaces(found)).rejects.toMatchObject({
    code: "cluster.user-namespaces",
    message: expect.stringMatching(
      /own: old \(Linux 6\.1\.0, containerd:\/\/1\.7\.2\)\n[\s\S]*userNamespaces: false[\s\S]*Nothing was changed/,
    ),
  });
});

test.each([
  ["have no say in it", [200, { items: [node("silent"), node("new", true)] }]],
  ["may not be listed", [403, {}]],
] as const)("nodes that %s stop nobody", async (_, answer) => {
  await requireUserNamespaces(await listen({ "/api/v1/nodes": answer }));
});

test.each([
  ["does not know the operator's kinds", [404, {}]],
  ["knows others of its kinds alone", [200, { resources: [{ name: "backups" }] }]],
] as const)("a cluster that %s is told what to install", async (_, answer) => {
  await expect(
    requirePostgresqlOperator(await listen({ "/apis/postgresql.cnpg.io/v1": answer })),
  ).rejects.toMatchObject({
    code: "cluster.postgresql-operator",
    message: expect.stringMatching(
      /context "lab": [\s\S]*clusters\.postgresql\.cnpg\.io[\s\S]*docs\/postgresql\.md[\s\S]*Nothing was changed/,
    ),
  });
});

test.each([
  ["knows the operator", [200, { resources: [{ name: "clusters" }, { name: "clusters/status" }] }]],
  ["does not let the user look", [403, {}]],
] as const)("a cluster that %s is gone on with", async (_, answer) => {
  await requirePostgresqlOperator(await listen({ "/apis/postgresql.cnpg.io/v1": answer }));
});
