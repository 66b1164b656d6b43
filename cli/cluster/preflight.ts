import { request as requestHttp } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import { UserError } from "@homeslice/config";
import { z } from "zod";
import type { Target } from "./target.ts";

const ANSWER_TIMEOUT_MS = 8_000;

/** What postgresql.highAvailability relies on is not there. */
const MISSING_POSTGRESQL_OPERATOR = {
  code: "cluster.postgresql-operator",
  what: "postgresql.highAvailability needs the operator CloudNativePG, and the kind clusters.postgresql.cnpg.io is not known here",
  fix: "Install the operator once, as docs/postgresql.md says, or set postgresql.highAvailability to false. Nothing was changed.",
} as const;

const versionSchema = z.object({ gitVersion: z.string() });
const nodesSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({
        nodeInfo: z.object({ kernelVersion: z.string(), containerRuntimeVersion: z.string() }),
        runtimeHandlers: z
          .array(
            z.object({
              name: z.string().default(""),
              features: z.object({ userNamespaces: z.boolean().optional() }).default({}),
            }),
          )
          .default([]),
      }),
    }),
  ),
});
type Node = z.infer<typeof nodesSchema>["items"][number];
const kindsSchema = z.object({ resources: z.array(z.object({ name: z.string() })) });
const namespaceSchema = z.object({ metadata: z.object({ uid: z.string() }) });

/** What the API server says about itself. */
export interface ClusterIdentity {
  /** For example `v1.36.3`. */
  readonly version: string;
  /** The same for the life of a cluster and different for every other one; undefined where it may not be read. */
  readonly uid?: string;
}

/**
 * Makes sure before anything starts that the API server answers and knows the user.
 *
 * @throws UserError `cluster.unreachable`, `cluster.unauthorized`
 */
export async function reachCluster(target: Target, timeoutMs: number = ANSWER_TIMEOUT_MS): Promise<ClusterIdentity> {
  const version = await ask(target, "/version", timeoutMs);
  const parsed = versionSchema.safeParse(version.body);
  if (version.status >= 400 || !parsed.success)
    throw unreachable(target, `it answers ${version.status} to GET /version`);
  const namespace = await ask(target, "/api/v1/namespaces/kube-system", timeoutMs);
  if (namespace.status === 401) throw unauthorized(target);
  const system = namespaceSchema.safeParse(namespace.body);
  return { version: parsed.data.gitVersion, ...(system.success ? { uid: system.data.metadata.uid } : {}) };
}

/**
 * Makes sure that every node can run pods with users of their own, as far as the nodes tell.
 *
 * @throws UserError `cluster.user-namespaces`
 */
export async function requireUserNamespaces(target: Target, timeoutMs: number = ANSWER_TIMEOUT_MS): Promise<void> {
  const nodes = nodesSchema.safeParse((await ask(target, "/api/v1/nodes", timeoutMs)).body);
  const unfit = (nodes.data?.items ?? []).filter(({ status }) =>
    status.runtimeHandlers.some(({ name, features }) => name === "" && features.userNamespaces !== true),
  );
  if (unfit.length > 0) throw withoutUserNamespaces(target, unfit);
}

/**
 * Makes sure that the cluster knows the kind by which the operator CloudNativePG is told what to run.
 *
 * @throws UserError `cluster.postgresql-operator`
 */
export async function requirePostgresqlOperator(target: Target, timeoutMs: number = ANSWER_TIMEOUT_MS): Promise<void> {
  const { status, body } = await ask(target, "/apis/postgresql.cnpg.io/v1", timeoutMs);
  const known = kindsSchema.safeParse(body).data?.resources.some(({ name }) => name === "clusters") ?? false;
  // Who may not look learns it from the API server, when the object is made.
  if (!known && status !== 401 && status !== 403) throw withoutPostgresqlOperator(target);
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function ask(target: Target, path: string, timeoutMs: number): Promise<Answer> {
  const options: RequestOptions = { headers: { accept: "application/json" }, signal: AbortSignal.timeout(timeoutMs) };
  try {
    await target.kubeconfig.applyToHTTPSOptions(options);
    return await get(new URL(target.server.replace(/\/$/, "") + path), options);
  } catch (error) {
    throw unreachable(target, reasonOf(error, timeoutMs), error);
  }
}

function get(url: URL, options: RequestOptions): Promise<Answer> {
  const send = url.protocol === "http:" ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    send(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response
        .once("error", reject)
        .once("end", () => resolve({ status: response.statusCode ?? 0, body: parsed(text) }));
    })
      .once("error", reject)
      .end();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError" || error.name === "AbortError") return `no answer within ${timeoutMs / 1000} s`;
  return error.message || ("code" in error ? String(error.code) : error.name);
}

function unreachable({ server, context }: Target, reason: string, cause?: unknown): UserError {
  return new UserError(
    {
      code: "cluster.unreachable",
      where: `context "${context}"`,
      what: `the cluster at ${server} cannot be reached: ${reason}`,
      fix: "Check that it runs and that this machine reaches it (kubectl version), or choose another context with --context. Nothing was changed.",
    },
    { cause },
  );
}

function unauthorized({ server, context }: Target): UserError {
  return new UserError({
    code: "cluster.unauthorized",
    where: `context "${context}"`,
    what: `the cluster at ${server} does not accept the credentials of this context`,
    fix: "Log in to the cluster again, or choose another context with --context. Nothing was changed.",
  });
}

function withoutUserNamespaces({ context }: Target, nodes: readonly Node[]): UserError {
  const described = nodes.map(({ metadata, status: { nodeInfo } }) => {
    return `${metadata.name} (Linux ${nodeInfo.kernelVersion}, ${nodeInfo.containerRuntimeVersion})`;
  });
  return new UserError({
    code: "cluster.user-namespaces",
    where: `context "${context}"`,
    what: `nodes cannot give pods users of their own: ${described.join(", ")}`,
    fix: "Update them to Linux 6.3 and containerd 2 or later, or write `userNamespaces: false` under homeslice:cluster. Nothing was changed.",
  });
}

function withoutPostgresqlOperator({ context }: Target): UserError {
  return new UserError({ ...MISSING_POSTGRESQL_OPERATOR, where: `context "${context}"` });
}
