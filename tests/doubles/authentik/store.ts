import { randomUUID } from "node:crypto";
import { filled } from "./fill.ts";
import type { Json, JsonObject } from "./json.ts";
import { invalid, notFound } from "./refusal.ts";

/** One collection of the API and what is peculiar about it. */
export interface Model {
  readonly path: string;
  /** Name of the schema of its objects. */
  readonly schema: string;
  /** Property that names an object in paths. */
  readonly lookup: string;
  /** Keys that the server makes. */
  readonly keys: (number: number) => JsonObject;
  /** What stands where a request says nothing. */
  readonly defaults: () => JsonObject;
  readonly unique?: readonly string[];
  /** Lists that a PUT without them empties. */
  readonly emptiedByPut?: readonly string[];
  /** Property → collections whose objects it must name by their key. */
  readonly references?: Readonly<Record<string, readonly string[]>>;
  /** Changes what a request asks for before it is kept, or refuses it. */
  readonly save?: (asked: JsonObject, store: Store, before: JsonObject | undefined) => JsonObject;
  /** Properties that follow from other objects. */
  readonly shown?: (object: JsonObject, store: Store) => JsonObject;
  /** What deleting it does to others. */
  readonly deleted?: (object: JsonObject, store: Store) => void;
  /** Kept, but never told. */
  readonly hidden?: readonly string[];
  /** Whether a list shows the object at all. */
  readonly visible?: (object: JsonObject, query: URLSearchParams, store: Store) => boolean;
  readonly filters?: Readonly<Record<string, (object: JsonObject, value: string, store: Store) => boolean>>;
}

/** All objects of the double. */
export class Store {
  readonly #models: readonly Model[];
  readonly #objects = new Map<string, JsonObject[]>();
  #number = 0;

  constructor(models: readonly Model[]) {
    this.#models = models;
  }

  /** The collection that a path of the API belongs to: itself, or one object in it. */
  modelOf(path: string): { readonly model: Model; readonly single: boolean } | undefined {
    for (const model of this.#models) {
      if (path === model.path) return { model, single: false };
      if (path.startsWith(model.path) && /^\{\w+\}\/$/.test(path.slice(model.path.length)))
        return { model, single: true };
    }
    return undefined;
  }

  all(path: string): JsonObject[] {
    return (this.#objects.get(path) ?? []).map((object) => this.#shown(path, object));
  }

  /** As it is kept; undefined when there is none. */
  find(path: string, property: string, value: Json | undefined): JsonObject | undefined {
    return (this.#objects.get(path) ?? []).find((object) => String(object[property]) === String(value));
  }

  get(path: string, key: string): JsonObject {
    const found = this.find(path, this.#model(path).lookup, key);
    if (!found) throw notFound();
    return this.#shown(path, found);
  }

  create(path: string, asked: JsonObject): JsonObject {
    const model = this.#model(path);
    const keys = model.keys(++this.#number);
    const object = this.#saved(model, { ...model.defaults(), ...asked, ...keys }, undefined);
    this.#objects.set(path, [...(this.#objects.get(path) ?? []), object]);
    return this.#shown(path, object);
  }

  change(path: string, key: string, asked: JsonObject): JsonObject {
    const model = this.#model(path);
    const object = this.find(path, model.lookup, key);
    if (!object) throw notFound();
    Object.assign(object, this.#saved(model, { ...object, ...asked }, object));
    return this.#shown(path, object);
  }

  replace(path: string, key: string, asked: JsonObject): JsonObject {
    const emptied = (this.#model(path).emptiedByPut ?? []).map((property): [string, Json] => [property, []]);
    return this.change(path, key, { ...Object.fromEntries(emptied), ...asked });
  }

  delete(path: string, key: string): void {
    const model = this.#model(path);
    const object = this.find(path, model.lookup, key);
    if (!object) throw notFound();
    this.#objects.set(
      path,
      (this.#objects.get(path) ?? []).filter((other) => other !== object),
    );
    model.deleted?.(object, this);
  }

  /** Changes objects that refer to another one, without the rules of requests. */
  each(path: string, work: (object: JsonObject) => void): void {
    for (const object of this.#objects.get(path) ?? []) work(object);
  }

  #model(path: string): Model {
    const found = this.#models.find((model) => model.path === path);
    if (!found) throw new Error(`the double has no collection ${path}`);
    return found;
  }

  #shown(path: string, object: JsonObject): JsonObject {
    const model = this.#model(path);
    const told = Object.entries(object).filter(([property]) => !model.hidden?.includes(property));
    const complete = { ...Object.fromEntries(told), ...model.shown?.(object, this) };
    return filled({ $ref: `#/components/schemas/${model.schema}` }, complete);
  }

  #saved(model: Model, asked: JsonObject, before: JsonObject | undefined): JsonObject {
    const mistakes: Record<string, string[]> = {};
    for (const property of model.unique ?? []) {
      const taken = asked[property] === null ? undefined : this.find(model.path, property, asked[property]);
      if (taken && taken !== before) mistakes[property] = [`${model.schema} with this ${property} already exists.`];
    }
    for (const [property, paths] of Object.entries(model.references ?? {})) {
      const missing = named(asked[property]).filter((key) => !paths.some((path) => this.#byKey(path, key)));
      if (missing.length > 0) mistakes[property] = missing.map((key) => `Invalid pk "${key}" - object does not exist.`);
    }
    if (Object.keys(mistakes).length > 0) throw invalid(mistakes);
    return model.save?.(asked, this, before) ?? asked;
  }

  #byKey(path: string, key: string): JsonObject | undefined {
    return this.find(path, "pk", key);
  }
}

function named(value: Json | undefined): string[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

export const uuidKey = () => ({ pk: randomUUID() });
export const numberKey = (number: number) => ({ pk: number });
