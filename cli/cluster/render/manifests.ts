import { stringify } from "yaml";
import { z } from "zod";
import { type Recorded, secretReference } from "./recording.ts";

/** One Kubernetes object as a file. */
export interface Manifest {
  /** Folder of its namespace, kind and name: `homeslice-dev/deployment-orchestrator.yaml`. */
  readonly path: string;
  readonly kind: string;
  readonly text: string;
}

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
const secretDataSchema = z.object({
  data: z.record(z.string(), z.string()).default({}),
  stringData: z.record(z.string(), z.string()).default({}),
});

/** What is applied earlier comes first; kinds that are not named follow by their names. */
const ORDER = ["Namespace", "ServiceAccount", "NetworkPolicy", "Secret", "ConfigMap", "Service"];

/** The objects among the resources of a program, in an order that stays the same. */
export function manifestsOf(recorded: readonly Recorded[]): Manifest[] {
  const objects = recorded
    .filter(({ type }) => /^kubernetes:(?!index)/.test(type))
    .map(({ inputs }) => manifest(inputs));
  return objects.toSorted((left, right) => rank(left) - rank(right) || left.path.localeCompare(right.path, "en"));
}

function rank({ kind }: Manifest): number {
  const index = ORDER.indexOf(kind);
  return index < 0 ? ORDER.length : index;
}

function manifest(inputs: unknown): Manifest {
  const object = objectSchema.parse(plain(inputs));
  const { name, namespace } = object.metadata;
  const path = `${namespace ?? "cluster"}/${object.kind.toLowerCase()}-${name}.yaml`;
  const content = object.kind === "Secret" ? withReferences(object) : object;
  return { path, kind: object.kind, text: stringify(sorted(content), { lineWidth: 0 }) };
}

/** A Secret that says of each key where the value comes from, and has none. */
function withReferences(object: z.infer<typeof objectSchema>) {
  const { data, stringData } = secretDataSchema.parse(object);
  const decoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()] as const);
  const values = [...decoded, ...Object.entries(stringData)].map(([key, value]) => {
    return [key, isReference(value) ? value : secretReference(`${object.metadata.name}/${key}`)] as const;
  });
  const { data: _data, ...rest } = object;
  return { ...rest, stringData: Object.fromEntries(values) };
}

/** A generated secret by its name; around it, at most what a file or an address needs to hold it. */
function isReference(value: string): boolean {
  return /<secret:[\w./-]+>/.test(value);
}

/** How the engine's protocol marks a value as secret. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** The value without the marks of the engine's protocol. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_MARK in value) return plain("value" in value ? value.value : undefined);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** Keys by name, but for the three that say what an object is. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const first = ["apiVersion", "kind", "metadata"];
  const place = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  const order = entries.toSorted(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
  return Object.fromEntries(order.map(([key, part]) => [key, sorted(part)]));
}
