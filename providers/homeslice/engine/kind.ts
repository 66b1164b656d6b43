import { UserError } from "@homeslice/config/errors.ts";
import {
  type CheckResult,
  containsUnknown,
  type DiffResult,
  InitializationError,
  type ReadResult,
  secret,
  unknownValue,
  type Values,
} from "@homeslice/plugin";
import { z } from "zod";
import type { Authentik } from "../authentik/authentik.ts";
import { isNotFound } from "../http/errors.ts";
import { checkArgs, commonArgs } from "./check.ts";
import { argumentOf, changesBetween, mergedMapping } from "./compare.ts";
import type { ArgsOf, Definition, Failure, Operations } from "./definition.ts";
import { held, heldOf } from "./held.ts";

/** The connection to Authentik, for those who need one: its client is loaded for the first of them. */
export type Connect = () => Promise<Authentik>;

/** What the provider does with a kind of resource; all values are as the plugin protocol carries them. */
export interface Kind {
  readonly type: string;
  check(inputs: Values): CheckResult;
  diff(oldInputs: Values, inputs: Values): DiffResult;
  /** What a preview shows of a resource that is still to be created. */
  planned(inputs: Values): Values;
  create(connect: Connect, inputs: Values): Promise<{ readonly id: string; readonly outputs: Values }>;
  /** Resolves to undefined when there is no such object; without old inputs the resource is being imported. */
  read(connect: Connect, id: string, oldInputs: Values | undefined): Promise<ReadResult | undefined>;
  update(connect: Connect, id: string, old: Versions, inputs: Values): Promise<Values>;
  delete(connect: Connect, id: string): Promise<void>;
  /** Ends what is under way, where that is not the connection's to end. */
  cancel?(): void;
}

export interface Versions {
  readonly inputs: Values;
  readonly outputs: Values;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The life of a kind of resource, by its definition. */
export class DefinedKind<Shape extends z.ZodRawShape, Live extends object> implements Kind {
  readonly #definition: Definition<Shape, Live>;
  readonly #schema: z.ZodObject<Shape>;

  constructor(definition: Definition<Shape, Live>) {
    this.#definition = definition;
    this.#schema = z.object(definition.args);
  }

  get type(): string {
    return this.#definition.type;
  }

  check(inputs: Values): CheckResult {
    const { args, rules } = this.#definition;
    const { inputs: checked, failures } = checkArgs({ ...args, ...commonArgs }, inputs);
    const broken = failures.length > 0 || containsUnknown(checked) ? [] : (rules?.(this.#schema.parse(checked)) ?? []);
    return {
      inputs: this.#sealed(checked),
      failures: [...failures, ...broken].map((failure) => this.#discreet(failure)),
    };
  }

  diff(oldInputs: Values, { adopt: _, ...wanted }: Values): DiffResult {
    const { replaces = [], deleteFirst } = this.#definition;
    return {
      changes: changesBetween(oldInputs, wanted, this.#definition),
      replaces: (path) => replaces.some((key) => key === argumentOf(path)),
      deleteBeforeReplace: deleteFirst ?? this.#keyOf(oldInputs) === this.#keyOf(wanted),
    };
  }

  planned(inputs: Values): Values {
    const open = Object.entries(this.#definition.args).filter(([key]) => !Object.hasOwn(inputs, key));
    const names = [...open.map(([key]) => key), ...Object.keys(this.#definition.outputs)];
    return { ...Object.fromEntries(names.map((name) => [name, unknownValue])), ...inputs };
  }

  async create(connect: Connect, inputs: Values): Promise<{ id: string; outputs: Values }> {
    const operations = this.#definition.operations(await connect());
    const args = this.#schema.parse(inputs);
    const existing = await this.#findOne(operations, this.#definition.key(args));
    if (!existing) return this.#settled(operations, await operations.create(args), inputs, allOf(inputs));
    this.#requireAdoptable(existing, inputs);
    const live = await this.#patched(operations, this.#definition.id(existing), {}, inputs, allOf(inputs));
    return this.#settled(operations, live, inputs, allOf(inputs));
  }

  async read(connect: Connect, id: string, oldInputs: Values | undefined): Promise<ReadResult | undefined> {
    const operations = this.#definition.operations(await connect());
    const live = oldInputs ? await ifThere(operations.get(id)) : await this.#findAny(operations, id);
    if (!live) return undefined;
    const all = held(this.#definition, live, oldInputs);
    const inputs = { ...(oldInputs ? heldOf(all, oldInputs) : all), adopt: oldInputs?.["adopt"] ?? false };
    return { id: this.#definition.id(live), inputs: this.#sealed(inputs), outputs: this.#outputsOf(live, inputs) };
  }

  async update(connect: Connect, id: string, old: Versions, inputs: Values): Promise<Values> {
    const operations = this.#definition.operations(await connect());
    // What a failed start left undone shows in the outputs: it is made up for here.
    const changed = new Set([...this.#changed(old.inputs, inputs), ...this.#changed(old.outputs, inputs)]);
    const live = await this.#patched(operations, id, old.inputs, inputs, changed);
    return (await this.#settled(operations, live, inputs, changed)).outputs;
  }

  async delete(connect: Connect, id: string): Promise<void> {
    await ifThere(this.#definition.operations(await connect()).delete(id));
  }

  async #patched(
    operations: Operations<ArgsOf<Shape>, Live>,
    id: string,
    oldInputs: Values,
    inputs: Values,
    changed: ReadonlySet<string>,
  ): Promise<Live> {
    const shared = (this.#definition.merged ?? []).filter((key) => changed.has(key));
    const live = shared.length > 0 ? held(this.#definition, await this.#get(operations, id), undefined) : {};
    const merged = shared.map((key) => [key, mergedMapping(live[key], oldInputs[key], inputs[key])]);
    const args = this.#schema.parse({ ...inputs, ...Object.fromEntries(merged) });
    return operations.update(id, only(args, changed));
  }

  /** Brings about what takes requests of its own; when that fails, the object stays in the state as unfinished. */
  async #settled(
    operations: Operations<ArgsOf<Shape>, Live>,
    live: Live,
    inputs: Values,
    changed: ReadonlySet<string>,
  ): Promise<{ id: string; outputs: Values }> {
    const id = this.#definition.id(live);
    if (!operations.settle) return { id, outputs: this.#outputsOf(live, inputs) };
    try {
      await operations.settle(live, this.#schema.parse(inputs), changed);
      return { id, outputs: this.#outputsOf(await this.#get(operations, id), inputs) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const unfinished = Object.entries(inputs).filter(([key]) => !this.#definition.writeOnly?.includes(key));
      const outputs = this.#outputsOf(live, Object.fromEntries(unfinished));
      const what = `the ${this.#definition.noun} exists now, but is not complete: ${reason}`;
      throw new InitializationError(what, { id, outputs, reasons: [what] });
    }
  }

  async #get(operations: Operations<ArgsOf<Shape>, Live>, id: string): Promise<Live> {
    const live = await operations.get(id);
    if (live) return live;
    const where = `${this.#definition.noun} ${id}`;
    throw new UserError({ code: "authentik.gone", where, what: "is gone", fix: "Refresh the stack, and run again." });
  }

  async #findOne(operations: Operations<ArgsOf<Shape>, Live>, key: string): Promise<Live | undefined> {
    const found = await operations.find(key);
    if (found.length <= 1) return found[0];
    const { noun, id } = this.#definition;
    throw new UserError({
      code: "authentik.ambiguous",
      where: `${noun} "${key}"`,
      what: `there are ${found.length} of that name: ${found.map(id).join(", ")}`,
      fix: "Rename or delete all but one, or import the right one by its id.",
    });
  }

  /** By id where the text has the form of one, else by natural key. */
  async #findAny(operations: Operations<ArgsOf<Shape>, Live>, text: string): Promise<Live | undefined> {
    const byId = (this.#definition.idForm ?? UUID).test(text) ? await ifThere(operations.get(text)) : undefined;
    if (byId) return byId;
    const found = await this.#findOne(operations, text);
    return found && this.#get(operations, this.#definition.id(found));
  }

  #requireAdoptable(existing: Live, inputs: Values): void {
    const { noun, id, alwaysAdopts } = this.#definition;
    const where = `${noun} "${this.#keyOf(inputs)}"`;
    if (inputs["adopt"] !== true && !alwaysAdopts) {
      const what = `exists already in Authentik, with the id ${id(existing)}`;
      const fix = `Give it another name, set \`adopt: true\` to take it over, or import it by that id.`;
      throw new UserError({ code: "authentik.exists", where, what, fix });
    }
    const { changes, replaces } = this.diff(held(this.#definition, existing, inputs), inputs);
    const fixed = changes.map(({ path }) => path).filter(replaces);
    if (fixed.length === 0) return;
    const what = `cannot be taken over, because what cannot be changed is different there: ${fixed.join(", ")}`;
    const fix = "Give the values that it has, or delete it in Authentik.";
    throw new UserError({ code: "authentik.not-adoptable", where, what, fix });
  }

  #changed(before: Values, { adopt: _, ...wanted }: Values): string[] {
    return changesBetween(before, wanted, this.#definition).map(({ path }) => argumentOf(path));
  }

  #outputsOf(live: Live, inputs: Values): Values {
    const own = Object.entries(this.#definition.outputs).map(([name, output]) => [name, output(live) ?? null]);
    return this.#sealed({ ...held(this.#definition, live, inputs), ...Object.fromEntries(own) });
  }

  /** The engine shows the value of a property that it is told of. */
  #discreet({ property, reason }: Failure): Failure {
    const isSecret = this.#definition.secrets?.includes(argumentOf(property));
    return isSecret ? { property: "", reason: `${property} ${reason}` } : { property, reason };
  }

  /** Marks what is never to be shown, however the program gave it. */
  #sealed(values: Values): Values {
    const sealed = (this.#definition.secrets ?? [])
      .filter((key) => (values[key] ?? null) !== null && !containsUnknown(values[key]))
      .map((key) => [key, secret(values[key] ?? null)]);
    return { ...values, ...Object.fromEntries(sealed) };
  }

  #keyOf(inputs: Values): string | undefined {
    const result = this.#schema.safeParse(inputs);
    return result.success ? this.#definition.key(result.data) : undefined;
  }
}

const allOf = (inputs: Values): ReadonlySet<string> => new Set(Object.keys(inputs));

function only<T extends object>(values: T, keys: ReadonlySet<string>): Partial<T> {
  const some: Partial<T> = { ...values };
  for (const key of Object.keys(some)) if (!keys.has(key)) Reflect.deleteProperty(some, key);
  return some;
}

/** Undefined when what the request is about does not exist. */
async function ifThere<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
