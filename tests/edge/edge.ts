import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { IncomingMessage, request as plainRequest } from "node:http";
import { connect } from "node:http2";
import { type RequestOptions, request } from "node:https";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { eventually } from "../support/eventually.ts";
import type { KubeClient } from "../testbed/client.ts";
import { type Ports, writeConfiguration } from "./configuration.ts";

/** What came back for a request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface EdgeOptions {
  /** Path of the program. */
  readonly traefik: string;
  readonly kube: KubeClient;
  /** Text of a kubeconfig, of which the address and the certificate of the API server are taken. */
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly signOn: string;
  /** Certificate to trust, as PEM. */
  readonly authority: string;
}

const Upgraded = z.tuple([z.instanceof(IncomingMessage), z.instanceof(Socket), z.instanceof(Buffer)]);

/** A real Traefik with the configuration and the rights of a deployed edge. */
export class Edge {
  readonly ports: Ports;
  readonly #authority: string;
  readonly #dir: string;
  readonly #log: () => string;
  readonly #end: () => Promise<void>;

  private constructor(
    parts: Pick<Edge, "ports"> & { authority: string; dir: string; log: () => string; end: () => Promise<void> },
  ) {
    this.ports = parts.ports;
    this.#authority = parts.authority;
    this.#dir = parts.dir;
    this.#log = parts.log;
    this.#end = parts.end;
  }

  static async start({ traefik, kube, kubeconfig, namespace, signOn, authority }: EdgeOptions): Promise<Edge> {
    const dir = mkdtempSync(join(tmpdir(), "homeslice-edge-"));
    const names = ["web", "websecure", "metrics", "ping"];
    const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
    const file = await writeConfiguration(kube, dir, { namespace, ports, signOn });
    const own = join(dir, "kubeconfig");
    writeFileSync(own, await kubeconfigOfEdge(kube, kubeconfig, namespace), { mode: 0o600 });
    const child = spawn(traefik, [`--configFile=${file}`], {
      cwd: dir,
      env: { KUBECONFIG: own, SSL_CERT_FILE: "" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        log += text;
      });
    }
    const exited = once(child, "exit");
    const end = async () => {
      child.kill("SIGKILL");
      await exited;
    };
    const edge = new Edge({ ports, authority, dir, log: () => log, end });
    await eventually(() => child.exitCode !== null || edge.#isUp(), "Traefik is up", 60_000);
    if (child.exitCode !== null) throw new Error(`Traefik ended:\n${log}`);
    return edge;
  }

  async stop(): Promise<void> {
    await this.#end();
    rmSync(this.#dir, { recursive: true });
  }

  /** Everything that Traefik has written, one line of JSON for each request and event. */
  log(): string {
    return this.#log();
  }

  #isUp(): Promise<boolean> {
    return this.plain("ping", "localhost", "/ping").then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Gets a page without encryption. */
  plain(entryPoint: string, host: string, path = "/"): Promise<Answer> {
    return answerOf(plainRequest({ ...this.#to(entryPoint), path, headers: { host } }));
  }

  /** Gets a page as a browser that trusts the stack's own authority does. */
  get(
    host: string,
    path = "/",
    headers: Readonly<Record<string, string>> = {},
    options: RequestOptions = {},
  ): Promise<Answer> {
    const secure = { servername: host, ca: this.#authority, agent: false };
    return answerOf(request({ ...this.#to("websecure"), ...secure, ...options, path, headers: { host, ...headers } }));
  }

  /** Asks for a WebSocket; resolves to the status and the first text that comes through it. */
  async upgrade(host: string, headers: Readonly<Record<string, string>>): Promise<readonly [number, string]> {
    const wanted = { host, connection: "Upgrade", upgrade: "websocket", ...headers };
    const secure = { servername: host, ca: this.#authority, agent: false };
    const call = request({ ...this.#to("websecure"), ...secure, headers: wanted });
    call.end();
    const [response, socket, head] = Upgraded.parse(await once(call, "upgrade"));
    const [text] = head.length > 0 ? [head] : await once(socket, "data");
    socket.destroy();
    return [response.statusCode ?? 0, String(text)];
  }

  /** Gets the beginning of an answer that does not end. */
  async firstOf(host: string, path: string, headers: Readonly<Record<string, string>>): Promise<string> {
    const secure = { servername: host, ca: this.#authority, agent: false };
    const call = request({ ...this.#to("websecure"), ...secure, path, headers: { host, ...headers } });
    call.end();
    const [response] = await once(call, "response");
    const [text] = await once(z.instanceof(IncomingMessage).parse(response), "data");
    call.destroy();
    return String(text);
  }

  /** Gets a page over HTTP/2; resolves to its status. */
  async getByHttp2(host: string): Promise<number> {
    const session = connect(`https://127.0.0.1:${this.ports["websecure"]}`, { servername: host, ca: this.#authority });
    try {
      const stream = session.request({ ":path": "/", ":authority": host });
      const [headers] = await once(stream, "response");
      return z.object({ ":status": z.number() }).parse(headers)[":status"];
    } finally {
      session.destroy();
    }
  }

  #to(entryPoint: string) {
    return { hostname: "127.0.0.1", port: this.ports[entryPoint] };
  }
}

async function answerOf(call: ReturnType<typeof request>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  call.on("error", reject);
  call.on("response", (response) => {
    let body = "";
    response.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    response.on("error", reject);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
  });
  call.end();
  return promise;
}

const Token = z.object({ status: z.object({ token: z.string() }) });
const Kubeconfig = z.looseObject({ users: z.array(z.looseObject({ user: z.looseObject({}) })) });

/** The kubeconfig with the token that pods of the edge get, and so with their rights. */
async function kubeconfigOfEdge(kube: KubeClient, text: string, namespace: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/traefik/token`;
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } };
  const { token } = Token.parse((await kube.request("POST", path, { body })).body).status;
  const { users, ...rest } = Kubeconfig.parse(parse(text));
  return stringify({ ...rest, users: users.map((entry) => ({ ...entry, user: { token } })) });
}
