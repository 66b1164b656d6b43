import { z } from "zod";
import type { KubeClient } from "../testbed/client.ts";

const countSchema = z.number().default(0);
const eventSchema = z.object({
  type: z.enum(["ADDED", "MODIFIED", "DELETED"]),
  object: z.object({
    kind: z.string(),
    metadata: z.object({ namespace: z.string(), name: z.string() }),
    spec: z.object({ replicas: countSchema }).partial().default({}),
    status: z.object({ readyReplicas: countSchema, succeeded: countSchema }).partial().default({}),
  }),
});

const KINDS = ["apps/v1/deployments", "apps/v1/statefulsets", "batch/v1/jobs", "networking.k8s.io/v1/ingresses"];

/** When what happened first to the workloads and routes of a stack, in the order in which the API server tells of it. */
export class Chronicle {
  /** By what happened, such as `created Job/postgresql-backup` or `ready Deployment/authentik`; as Date.now() tells. */
  readonly times = new Map<string, number>();
  readonly #stack: string;
  readonly #stopped = new AbortController();

  constructor(kube: KubeClient, stack: string) {
    this.#stack = stack;
    for (const kind of KINDS) kube.watch(`/apis/${kind}`, this.#stopped.signal, (event) => this.#note(event));
  }

  stop(): void {
    this.#stopped.abort();
  }

  #note(event: unknown): void {
    const {
      type,
      object: { kind, metadata, spec, status },
    } = eventSchema.parse(event);
    if (!metadata.namespace.startsWith(`homeslice-${this.#stack}`)) return;
    // Jobs have the digest of their contents in their names.
    const name = `${kind}/${kind === "Job" ? metadata.name.replace(/-[0-9a-f]+$/, "") : metadata.name}`;
    const { readyReplicas = 0, succeeded = 0 } = status;
    const { replicas = 1 } = spec;
    if (type === "ADDED") this.#happened(`created ${name}`);
    if (succeeded > 0 || (readyReplicas > 0 && readyReplicas >= replicas)) this.#happened(`ready ${name}`);
  }

  #happened(what: string): void {
    if (!this.times.has(what)) this.times.set(what, Date.now());
  }
}
