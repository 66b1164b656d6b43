import { createHash, randomBytes } from "node:crypto";
import { at, isObject, secret, textAt, type Value, type Values } from "@homeslice/plugin/values.ts";
import type { ObjectRef } from "./cluster.ts";

const autonamed = "pulumi.com/autonamed";

/** Outputs beside the live object. */
export const fieldManagerKey = "__fieldManager";

/** `kubernetes:apps/v1:Deployment` → apps/v1, Deployment; `core` is the group without a name. */
export function kindOfType(type: string): { readonly apiVersion: string; readonly kind: string } {
  const [, group = "", kind = ""] = type.split(":");
  return { apiVersion: group.replace(/^core\//, ""), kind };
}

/** `namespace/name`, or `name` outside namespaces. */
export function idOf(object: Values): string {
  return [textAt(object, "metadata", "namespace"), textAt(object, "metadata", "name")].filter(Boolean).join("/");
}

export function refOf(type: string, object: Values): ObjectRef {
  const fromType = kindOfType(type);
  return {
    apiVersion: textAt(object, "apiVersion") || fromType.apiVersion,
    kind: textAt(object, "kind") || fromType.kind,
    namespace: textAt(object, "metadata", "namespace"),
    name: textAt(object, "metadata", "name"),
  };
}

export function refOfId(type: string, id: string): ObjectRef {
  const [name = "", namespace = "default"] = id.split("/").reverse();
  return { ...kindOfType(type), namespace, name };
}

/** Gives an object without a name the one it had, or a new one that ends in eight random digits. */
export function named(inputs: Values, oldInputs: Values, prefix: string, seed: Uint8Array): Values {
  const metadata = inputs["metadata"] ?? {};
  if (!isObject(metadata) || metadata["name"] !== undefined) return inputs;
  const random = seed.length > 0 ? createHash("sha256").update(seed).digest("hex") : randomBytes(4).toString("hex");
  const kept = isAutonamed(oldInputs) ? textAt(oldInputs, "metadata", "name") : "";
  const name = kept || `${prefix}-${random.slice(0, 8)}`;
  const annotations = { ...asObject(metadata["annotations"]), [autonamed]: "true" };
  return { ...inputs, metadata: { ...metadata, name, annotations } };
}

export function isAutonamed(inputs: Values): boolean {
  return annotation(inputs, autonamed) === "true";
}

export function annotation(inputs: Values, key: string): string {
  return textAt(inputs, "metadata", "annotations", key);
}

export function inNamespace(inputs: Values, namespace: string): Values {
  const metadata = inputs["metadata"] ?? {};
  if (!isObject(metadata) || metadata["namespace"] !== undefined) return inputs;
  return { ...inputs, metadata: { ...metadata, namespace } };
}

/** The live object as it enters the state: without bookkeeping of the server, secret data marked. */
export function outputsOf(live: Values, fieldManager: string): Values {
  const { managedFields: _, ...metadata } = asObject(live["metadata"]);
  return { ...withSecretData(live), metadata, [fieldManagerKey]: fieldManager };
}

export function withSecretData(object: Values): Values {
  if (object["kind"] !== "Secret") return object;
  const marked = ["data", "stringData"].filter((key) => object[key] !== undefined);
  return { ...object, ...Object.fromEntries(marked.map((key) => [key, secret(object[key] ?? null)])) };
}

/** Inputs that would make a live object of which no inputs are known. */
export function inputsFromLive(live: Values): Values {
  const { status: _, metadata, ...rest } = live;
  const { annotations, labels, name, namespace } = asObject(metadata);
  const kept = Object.entries({ annotations, labels, name, namespace }).filter(([, value]) => value !== undefined);
  return withSecretData({ ...rest, metadata: Object.fromEntries(kept.map(([key, value]) => [key, value ?? null])) });
}

/** What the live object says about the properties that the inputs set: a difference is drift. */
export function liveInputs(live: Values, inputs: Values): Values {
  return asObject(pruned(withStringData(live, inputs), inputs));
}

/** The server keeps a Secret's texts encoded under `data`: decodes those that the inputs gave as text. */
function withStringData(live: Values, inputs: Values): Values {
  const texts = asObject(inputs["stringData"]);
  const data = asObject(live["data"]);
  const decoded = Object.keys(texts).flatMap((key) => {
    const value = data[key];
    return typeof value === "string" ? [[key, Buffer.from(value, "base64").toString()]] : [];
  });
  return decoded.length > 0 ? { ...live, stringData: Object.fromEntries(decoded) } : live;
}

function pruned(live: Value, inputs: Value): Value {
  if (isObject(live) && isObject(inputs)) {
    const entries = Object.entries(inputs).flatMap(([key, input]): [string, Value][] => {
      const value = live[key];
      if (value !== undefined) return [[key, pruned(value, input)]];
      return isEmpty(input) ? [[key, input]] : []; // the server leaves empty values out
    });
    return Object.fromEntries(entries);
  }
  if (Array.isArray(live) && Array.isArray(inputs) && inputs.some(isObject)) {
    return inputs.slice(0, live.length).map((input, index) => pruned(live[index] ?? null, input));
  }
  return live;
}

function isEmpty(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.values(value).every(isEmpty);
  return value === null || value === "" || value === 0 || value === false;
}

/** Quantities may be spelled in many ways (`0.5`, `500m`); the server keeps one of them. */
export function sameValue(before: Value, after: Value, path: string): boolean {
  if (before === after) return true;
  if (!/\b(limits|requests|capacity|hard|sizeLimit)\b/.test(path)) return false;
  const [one, other] = [quantity(before), quantity(after)];
  return one !== undefined && one === other;
}

const units: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

function quantity(value: Value): number | undefined {
  const [, digits = "", unit = ""] = /^([+-]?[\d.]+)([A-Za-z]*)$/.exec(String(value)) ?? [];
  const factor = units[unit];
  return digits === "" || factor === undefined ? undefined : Number((Number(digits) * factor).toPrecision(12));
}

function asObject(value: Value | undefined): Values {
  return isObject(value) ? value : {};
}

export function conditionOf(object: Values, type: string): Values | undefined {
  const conditions = at(object, "status", "conditions");
  const found = Array.isArray(conditions) ? conditions.find((entry) => textAt(entry, "type") === type) : undefined;
  return isObject(found) ? found : undefined;
}
