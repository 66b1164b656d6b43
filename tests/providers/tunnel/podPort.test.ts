import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { findCluster, PodPort, type PodPortOptions, type Target, TunnelError } from "@homeslice/tunnel";
import { afterEach, describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { type ApiServerOptions, complain, kubeconfigOf, startApiServer } from "./apiServer.ts";

const namespace = "/api/v1/namespaces/home";
const service = `${namespace}/services/web`;
const pods = `${namespace}/pods`;
const forward = `${pods}/web-2/portforward`;

const web: Target = { namespace: "home", service: "web", port: "http" };
const webService = {
  spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: "web" }] },
};

function pod(name: string, { ready = true, leaving = false } = {}) {
  return {
    metadata: { name, ...(leaving && { deletionTimestamp: "2030-01-01T00:00:00Z" }) },
    spec: { containers: [{ name: "main", ports: [{ name: "web", containerPort: 9000 }] }] },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

const well: ApiServerOptions["answers"] = {
  [service]: [200, webService],
  [pods]: [200, { items: [pod("web-0", { ready: false }), pod("web-1", { leaving: true }), pod("web-2")] }],
  [forward]: [101, undefined],
};

const there: ApiServerOptions["answers"] = { [namespace]: [200, { metadata: { name: "home" } }] };
const status = (message: string) => ({ kind: "Status", message });

let server: Awaited<ReturnType<typeof startApiServer>> | undefined;

afterEach(() => server?.stop());

async function portOf(api: ApiServerOptions, target: Target = web, options: PodPortOptions = {}) {
  server = await startApiServer(api);
  const { kubeconfig } = server;
  return new PodPort(() => findCluster({ kubeconfig }), target, options);
}

async function failureOf(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await work.catch((reason: unknown) => reason);
  if (!(error instanceof TunnelError)) throw new Error("no TunnelError", { cause: error });
  return error;
}

async function answered(stream: Duplex, text: string): Promise<string> {
  stream.write(text);
  const [data] = await once(stream, "data");
  return String(data);
}

describe("a connection to a port of a pod", () => {
  test("goes to the port that the Service names, in a pod that is ready and stays", async () => {
    const paths: string[] = [];
    const port = await portOf({
      answers: well,
      onForward: (socket, path) => {
        paths.push(path);
        socket.on("message", (data: Buffer) => socket.send(data));
        for (const channel of [0, 1]) socket.send(Buffer.from([channel, 0x28, 0x23]));
      },
    });
    const stream = await port.connect();
    expect(await answered(stream, "hello")).toBe("hello");
    expect(paths).toEqual([`${forward}?ports=9000`]);
    stream.destroy();
    await eventually(() => server?.connections() === 0, "the connection is closed");
  });

  test("goes to pods of given labels, without a Service", async () => {
    const { [service]: _, ...answers } = well;
    const port = await portOf({ answers }, { namespace: "home", selector: { app: "web" }, port: 9000 });
    const stream = await port.connect();
    expect(await answered(stream, "hello")).toBe("hello");
    stream.destroy();
  });

  test("breaks off with the words of the node when nothing listens there", async () => {
    const port = await portOf({ answers: well, onForward: complain("connection refused") });
    const stream = await port.connect();
    const [error] = await once(stream.resume(), "error");
    expect(error).toMatchObject({ code: "tunnel.failed", what: "connection refused" });
  });

  test("asks the cluster for nothing before it is needed", () => {
    expect(() => new PodPort(() => findCluster({ kubeconfig: kubeconfigOf(1) }), web)).not.toThrow();
  });
});

describe("a connection that does not come about", () => {
  test.each<[string, ApiServerOptions["answers"], string, string]>([
    [
      "no such Service",
      { ...there, [service]: [404, status('services "web" not found')] },
      "tunnel.absent",
      "not found",
    ],
    ["no pods", { ...well, ...there, [pods]: [200, { items: [] }] }, "tunnel.absent", "no pods"],
    ["no namespace", { [service]: [404, status("no")], [namespace]: [404, status("no")] }, "tunnel.gone", "namespace"],
    ["no ready pod", { ...well, [pods]: [200, { items: [pod("a", { ready: false })] }] }, "tunnel.not-ready", "of 1"],
    ["forbidden to look", { [service]: [403, status("may not get")] }, "tunnel.forbidden", "may not get"],
    ["forbidden to forward", { ...well, [forward]: [403, status("may not create")] }, "tunnel.forbidden", "may not"],
    ["unknown to the cluster", { ...well, [pods]: [401, status("Unauthorized")] }, "tunnel.forbidden", "not know"],
    ["gone since", { ...well, [forward]: [404, status("pod not found")] }, "tunnel.absent", "pod not found"],
    ["a node out of reach", { ...well, [forward]: [502, status("dial tcp")] }, "tunnel.failed", "dial tcp"],
    ["no answer", {}, "tunnel.timeout", "within"],
    [
      "no answer of the node",
      { [service]: well[service] ?? [0, 0], [pods]: well[pods] ?? [0, 0] },
      "tunnel.timeout",
      "time",
    ],
  ])("says so: %s", async (_, answers, code, message) => {
    const port = await portOf({ answers }, web, { timeoutMs: 300 });
    const failure = await failureOf(port.connect());
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(message);
  });

  test("says that the cluster is out of reach", async () => {
    const port = await portOf({ answers: well });
    server?.stop();
    expect(await failureOf(port.connect())).toMatchObject({ code: "tunnel.unreachable" });
  });

  test("says that the Service has no such port", async () => {
    const port = await portOf({ answers: well }, { namespace: "home", service: "web", port: 81 });
    expect(await failureOf(port.connect())).toMatchObject({ code: "tunnel.no-such-port" });
  });
});

describe("a listener", () => {
  test("forwards each connection, and ends them when it is closed", async () => {
    const listener = await (await portOf({ answers: well })).listen();
    const [first, second] = [connect(listener.port), connect(listener.port)];
    expect(await Promise.all([answered(first, "one"), answered(second, "two")])).toEqual(["one", "two"]);
    const ended = Promise.all([once(first, "close"), once(second, "close")]);
    await listener.close();
    await ended;
    await eventually(() => server?.connections() === 0, "nothing is forwarded any more");
  });

  test("resets what cannot be forwarded, and tells why", async () => {
    const listener = await (await portOf({ answers: { [service]: [403, status("no")] } })).listen();
    const socket = connect(listener.port);
    const [error] = await once(socket, "error");
    expect(error).toMatchObject({ code: "ECONNRESET" });
    expect(listener.failure).toMatchObject({ code: "tunnel.forbidden" });
    await listener.close();
  });

  test("listens where it is told to, and refuses when somebody else does", async () => {
    const port = await portOf({ answers: well });
    const listener = await port.listen();
    await expect(port.listen({ port: listener.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await listener.close();
    const again = await port.listen({ port: listener.port });
    expect(again.port).toBe(listener.port);
    await again.close();
  });

  test("answers in place of what cannot be reached, where it is told to", async () => {
    const instead = ({ code }: TunnelError) => (code === "tunnel.forbidden" ? "nothing here" : undefined);
    const listener = await (await portOf({ answers: { [service]: [403, status("no")] } })).listen({ instead });
    expect(await answered(connect(listener.port), "anybody?")).toBe("nothing here");
    await listener.close();
  });

  test("keeps no process alive", () => {
    const program = `import { findCluster, PodPort } from "@homeslice/tunnel";
      await new PodPort(() => findCluster({ kubeconfig: ${JSON.stringify(kubeconfigOf(1))} }), ${JSON.stringify(web)}).listen();`;
    const { status: exit } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { timeout: 10_000 });
    expect(exit).toBe(0);
  });
});
