import { type Values, valuesSchema } from "@homeslice/plugin/values.ts";
import { z } from "zod";
import { KubeApiError, type KubeClient, KubeUnreachableError } from "../../testbed/client.ts";

const resourceList = z.object({
  resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

type Resource = z.infer<typeof resourceList>["resources"][number];

/** Which object, wherever it lives. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The API server does not know the kind (yet): its CustomResourceDefinition is missing. */
export class UnknownKindError extends Error {
  override readonly name = "UnknownKindError";
}

/** What the apply request may do. */
export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take over fields that others own. */
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly onWarning: (text: string) => void;
}

/** Objects of any kind on one API server. */
export class Cluster {
  readonly #client: KubeClient;
  readonly #resources = new Map<string, readonly Resource[]>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  async isNamespaced(apiVersion: string, kind: string): Promise<boolean> {
    return (await this.#resource(apiVersion, kind)).namespaced;
  }

  /** The object, undefined when it does not exist or its kind does not. */
  async find(ref: ObjectRef): Promise<Values | undefined> {
    return missingAsUndefined(async () => {
      const { body } = await this.#call("GET", await this.#path(ref));
      return valuesSchema.parse(body);
    });
  }

  /** Server-side apply; resolves to the object as it is afterwards. */
  async apply(ref: ObjectRef, manifest: Values, options: ApplyOptions): Promise<Values> {
    const query = new URLSearchParams({ fieldManager: options.fieldManager, force: String(options.force) });
    if (options.dryRun) query.set("dryRun", "All");
    const { body, warnings } = await this.#call("PATCH", `${await this.#path(ref)}?${query}`, {
      body: manifest,
      contentType: "application/apply-patch+yaml",
    });
    for (const warning of warnings) options.onWarning(warning);
    return valuesSchema.parse(body);
  }

  /** Asks for deletion; resolves before the object is gone, and also when it is gone already. */
  async delete(ref: ObjectRef, propagationPolicy: string): Promise<void> {
    await missingAsUndefined(async () => {
      const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy };
      await this.#call("DELETE", await this.#path(ref), { body });
      return {};
    });
  }

  /** The objects of one kind in a namespace. */
  async list(apiVersion: string, kind: string, namespace: string, query = ""): Promise<readonly Values[]> {
    const path = await this.#path({ apiVersion, kind, namespace, name: "" });
    const { body } = await this.#call("GET", `${path.replace(/\/$/, "")}${query}`);
    return z.object({ items: z.array(valuesSchema) }).parse(body).items;
  }

  async #path({ apiVersion, kind, namespace, name }: ObjectRef): Promise<string> {
    const resource = await this.#resource(apiVersion, kind);
    const scope = resource.namespaced ? `/namespaces/${namespace}` : "";
    return `${root(apiVersion)}${scope}/${resource.name}/${name}`;
  }

  async #resource(apiVersion: string, kind: string): Promise<Resource> {
    const known = this.#resources.get(apiVersion)?.find((resource) => resource.kind === kind);
    if (known) return known;
    const list = await missingAsUndefined(async () =>
      resourceList.parse((await this.#call("GET", root(apiVersion))).body),
    );
    const resources = list?.resources.filter(({ name }) => !name.includes("/")) ?? [];
    this.#resources.set(apiVersion, resources);
    const found = resources.find((resource) => resource.kind === kind);
    if (!found) throw new UnknownKindError(`the API server does not know ${kind} of ${apiVersion}`);
    return found;
  }

  async #call(...[method, path, options]: Parameters<KubeClient["request"]>) {
    try {
      return await this.#client.request(method, path, options);
    } catch (error) {
      if (!(error instanceof KubeUnreachableError)) throw error;
      throw new Error(`configured Kubernetes cluster is unreachable: ${error.message}`, { cause: error });
    }
  }
}

const root = (apiVersion: string) => (apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

export function isStatus(error: unknown, status: number): error is KubeApiError {
  return error instanceof KubeApiError && error.status === status;
}

const conflictSchema = z.object({ details: z.object({ causes: z.array(z.object({ message: z.string() })) }) });

/** Whether all fields in conflict are owned by kubectl in one of its guises (`kubectl-edit`, `kubectl-patch`). */
export function isConflictWithKubectl(error: KubeApiError): boolean {
  const body = conflictSchema.safeParse(error.body);
  return body.success && body.data.details.causes.every(({ message }) => message.includes('"kubectl'));
}

async function missingAsUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnknownKindError || isStatus(error, 404)) return undefined;
    throw error;
  }
}
