import type { Duplex } from "node:stream";
import { type CheckResult, containsUnknown, secret, type Values } from "@homeslice/plugin";
import { type Client, createClient, type SentRequest } from "@homeslice/protocol/client.ts";
import { mintToken } from "@homeslice/protocol/tokens.ts";
import { findCluster, PodPort } from "@homeslice/tunnel";
import { Agent, request } from "undici";
import { z } from "zod";
import { connectorOf } from "../http/tunnelled.ts";
import { url } from "../resources/fields.ts";

/** Of a token that is made for one call, in seconds. */
const TOKEN_SECONDS = 300;

/** Where an orchestrator is, and who asks it. */
const connectionSchema = z
  .strictObject({
    /** Address with scheme: `https://orchestrator.example.org`. Without one, it is reached in its cluster. */
    url: url.exactOptional(),
    /** Namespace of its Service in a cluster, which is reached through the API server alone. */
    namespace: z.string().min(1).exactOptional(),
    /** Name of that Service. @default orchestrator */
    service: z.string().min(1).default("orchestrator"),
    /** Port of that Service. @default 8080 */
    port: z.int().min(1).max(65_535).default(8080),
    /** The cluster: text or path of a kubeconfig. @default as kubectl finds its own */
    kubeconfig: z.string().min(1).exactOptional(),
    /** Context of the kubeconfig. @default its current one */
    context: z.string().min(1).exactOptional(),
    /** Token of an admin. */
    token: z.string().min(1).exactOptional(),
    /** The secret of the installation instead, with which tokens are made that last no longer than they have to. */
    key: z.string().min(32).exactOptional(),
    /** Whom the audit log names when a token is made. @default pulumi */
    subject: z.string().min(1).default("pulumi"),
    /** PEM of the authority that has signed its certificate, when it is none of the usual ones. */
    caCert: z.string().startsWith("-----BEGIN CERTIFICATE-----", { error: "is not a PEM certificate" }).exactOptional(),
  })
  .refine((way) => (way.url === undefined) !== (way.namespace === undefined), {
    message: "give the url, or the namespace of the Service in its cluster",
  })
  .refine((way) => (way.token === undefined) !== (way.key === undefined), { message: "give a token, or the key" });

/** What a program says of the way to an orchestrator. */
export type ConnectionArgs = z.input<typeof connectionSchema>;

/** Whether these are settings of an orchestrator: then they are one text of JSON, for most of it is nobody's business. */
export const SETTING = "orchestrator";

/** Checks the settings; the whole is a secret. */
export function checkConnection(given: Values): CheckResult {
  const text = given[SETTING];
  if (typeof text !== "string" || containsUnknown(text)) return { inputs: given };
  const { error } = connectionSchema.safeParse(JSON.parse(text));
  const failures = (error?.issues ?? []).map(({ path, message }) => ({
    property: "",
    reason: `${[SETTING, ...path.map(String)].join(".")}: ${message}`,
  }));
  return { inputs: failures.length > 0 ? given : { ...given, [SETTING]: secret(text) }, failures };
}

/** Whether the settings lead to another orchestrator: what was defined in one does not exist in the other. */
export function leadsElsewhere(before: Values, after: Values): boolean {
  const [one, other] = [before[SETTING], after[SETTING]].map((text) =>
    typeof text === "string" && !containsUnknown(text) ? connectionSchema.safeParse(JSON.parse(text)).data : undefined,
  );
  if (one === undefined || other === undefined) return false;
  const differs = (key: "url" | "namespace" | "service") =>
    one[key] !== undefined && other[key] !== undefined && one[key] !== other[key];
  return differs("url") || differs("namespace") || (one.url === undefined && differs("service"));
}

/** The way to one orchestrator, over kept connections. */
export class Connection {
  readonly #settings: z.output<typeof connectionSchema>;
  readonly #agent: Agent;
  readonly #cancellation = new AbortController();

  constructor(given: Values) {
    this.#settings = connectionSchema.parse(JSON.parse(z.string().parse(given[SETTING])));
    const { url: address, namespace = "", service, port, caCert, ...rest } = this.#settings;
    const cluster = {
      ...(rest.kubeconfig && { kubeconfig: rest.kubeconfig }),
      ...(rest.context && { context: rest.context }),
    };
    const connect = () => new PodPort(() => findCluster(cluster), { namespace, service, port }).connect();
    this.#agent = agentOf(address === undefined ? connect : undefined, caCert);
  }

  async client(): Promise<Client> {
    const { url: address, namespace = "", service, port, token, key, subject } = this.#settings;
    return createClient({
      url: address?.replace(/\/+$/, "") ?? `http://${service}.${namespace}.svc:${port}`,
      token: token ?? (await mintToken(Buffer.from(key ?? ""), { subject, role: "admin" }, TOKEN_SECONDS)),
      fetch: (target, sent) => this.#send(target, sent),
    });
  }

  /** Ends what is under way. */
  cancel(): void {
    this.#cancellation.abort(new Error("cancelled"));
  }

  async #send(target: URL, { method, headers, body, signal }: SentRequest): Promise<Response> {
    const answer = await request(target, {
      dispatcher: this.#agent,
      method,
      headers: Object.fromEntries(headers),
      body: body ?? null,
      signal: AbortSignal.any([signal, this.#cancellation.signal]),
    });
    const text = await answer.body.text();
    return new Response(answer.statusCode === 204 ? null : text, { status: answer.statusCode });
  }
}

function agentOf(connect: (() => Promise<Duplex>) | undefined, caCert: string | undefined): Agent {
  // The node at the other end does not tell when a pod hangs up: what was idle for long is better not used again.
  if (connect) return new Agent({ connections: 4, keepAliveTimeout: 4_000, connect: connectorOf(connect) });
  return new Agent({ connections: 4, connect: caCert === undefined ? {} : { ca: caCert } });
}
