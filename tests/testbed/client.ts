import { readFile } from "node:fs/promises";
import { Agent, type RequestOptions, request } from "node:https";
import { createInterface } from "node:readline";
import { parse } from "yaml";
import { z } from "zod";

const kubeconfigSchema = z.object({
  "current-context": z.string().default(""),
  contexts: z.array(
    z.object({
      name: z.string(),
      context: z.object({ cluster: z.string(), user: z.string(), namespace: z.string().optional() }),
    }),
  ),
  clusters: z.array(
    z.object({
      name: z.string(),
      cluster: z.object({
        server: z.url(),
        "certificate-authority": z.string().optional(),
        "certificate-authority-data": z.string().optional(),
      }),
    }),
  ),
  users: z.array(
    z.object({
      name: z.string(),
      user: z.object({
        token: z.string().optional(),
        "client-certificate-data": z.string().optional(),
        "client-key-data": z.string().optional(),
      }),
    }),
  ),
});

const statusSchema = z.object({ message: z.string().default(""), reason: z.string().default("") });

/** What the API server answered with a status of 400 or more. */
export class KubeApiError extends Error {
  override readonly name = "KubeApiError";
  readonly status: number;
  readonly reason: string;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    const { message, reason } = statusSchema.catch({ message: "", reason: "" }).parse(body);
    super(message || (typeof body === "string" && body) || `the API server answered with status ${status}`);
    this.status = status;
    this.reason = reason;
    this.body = body;
  }
}

/** No answer from the API server: wrong address, refused, broken off, or too slow. */
export class KubeUnreachableError extends Error {
  override readonly name = "KubeUnreachableError";
}

export interface KubeRequest {
  readonly body?: unknown;
  /** @default "application/json" */
  readonly contentType?: string;
  /** Milliseconds. @default 30000 */
  readonly timeoutMs?: number;
}

export interface KubeResponse {
  readonly status: number;
  readonly body: unknown;
  /** Texts of the `Warning` headers, such as those of Pod Security admission. */
  readonly warnings: readonly string[];
}

/** The Kubernetes REST API as it is: JSON in, JSON out, errors typed. */
export class KubeClient {
  /** Address of the API server, without a slash at the end. */
  readonly server: string;
  /** The namespace of the context. @default "default" */
  readonly namespace: string;
  readonly #options: RequestOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });

  constructor(server: string, namespace: string, options: RequestOptions) {
    this.server = server.replace(/\/$/, "");
    this.namespace = namespace;
    this.#options = options;
  }

  /** Builds a client from the text of a kubeconfig; takes its current context when none is named. */
  static fromKubeconfig(text: string, context?: string): KubeClient {
    const config = kubeconfigSchema.parse(parse(text));
    const name = context ?? config["current-context"];
    const chosen = config.contexts.find((entry) => entry.name === name)?.context;
    const cluster = config.clusters.find((entry) => entry.name === chosen?.cluster)?.cluster;
    const user = config.users.find((entry) => entry.name === chosen?.user)?.user;
    if (!chosen || !cluster || !user) throw new Error(`the kubeconfig has no complete context "${name}"`);
    return new KubeClient(cluster.server, chosen.namespace ?? "default", {
      ...decoded("ca", cluster["certificate-authority-data"]),
      ...decoded("cert", user["client-certificate-data"]),
      ...decoded("key", user["client-key-data"]),
      headers: user.token === undefined ? {} : { authorization: `Bearer ${user.token}` },
    });
  }

  static async fromFile(path: string, context?: string): Promise<KubeClient> {
    return KubeClient.fromKubeconfig(await readFile(path, "utf8"), context);
  }

  get(path: string): Promise<KubeResponse> {
    return this.request("GET", path);
  }

  /** Like `get`, but undefined when there is no such object. */
  async find(path: string): Promise<unknown> {
    try {
      return (await this.get(path)).body;
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  request(method: string, path: string, options: KubeRequest = {}): Promise<KubeResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<KubeResponse>();
    const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
    const call = request(this.server + path, {
      ...this.#options,
      agent: this.#agent,
      method,
      timeout: options.timeoutMs ?? 30_000,
      headers: {
        ...this.#options.headers,
        accept: "application/json",
        ...(payload !== undefined && {
          "content-type": options.contentType ?? "application/json",
          "content-length": Buffer.byteLength(payload),
        }),
      },
    });
    const unreachable = (error: Error) =>
      reject(new KubeUnreachableError(`no answer from the API server ${this.server}: ${error.message}`));
    call.on("timeout", () => call.destroy(new Error("time-out")));
    call.on("error", unreachable);
    call.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", unreachable);
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        const body = jsonOrText(Buffer.concat(chunks).toString());
        if (status >= 400) reject(new KubeApiError(status, body));
        else resolve({ status, body, warnings: warningTexts(response.headers["warning"]) });
      });
    });
    call.end(payload);
    return promise;
  }

  /** Tells what happens to the objects of a path until the signal, beginning with those that there are already. */
  watch(path: string, signal: AbortSignal, onEvent: (event: unknown) => void): void {
    const headers = { ...this.#options.headers, accept: "application/json" };
    const call = request(`${this.server}${path}?watch=true`, { ...this.#options, headers, signal });
    const failed = ({ message }: Error) => {
      if (!signal.aborted) onEvent({ type: "ERROR", object: { message } });
    };
    call.on("error", failed);
    call.on("response", (response) => {
      createInterface(response)
        .on("line", (line) => onEvent(JSON.parse(line)))
        .on("error", failed);
    });
    call.end();
  }

  /** Lets the process end although connections were kept alive. */
  close(): void {
    this.#agent.destroy();
  }
}

function decoded(key: "ca" | "cert" | "key", base64: string | undefined): RequestOptions {
  return base64 === undefined ? {} : { [key]: Buffer.from(base64, "base64") };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Texts of a header such as `299 - "first", 299 - "second"`. */
function warningTexts(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) =>
    text.replaceAll(/\\(.)/g, "$1"),
  );
}
