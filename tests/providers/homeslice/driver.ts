import { isObject, type ReadResult, type Value, type Values } from "@homeslice/plugin";
import { HomesliceProvider } from "@homeslice/provider/provider.ts";
import type { AuthentikDouble } from "../../doubles/authentik/double.ts";

/** A resource as the state keeps it. */
export interface Resource {
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
}

/** Plays the engine's part with the provider in this process: what the engine would keep and pass on, in clear. */
export class Driver {
  readonly provider = new HomesliceProvider();
  readonly #kind: string;

  private constructor(kind: string) {
    this.#kind = kind;
  }

  static async connect(double: AuthentikDouble, kind: string, settings: Values = {}): Promise<Driver> {
    const driver = new Driver(kind);
    const way = "namespace" in settings ? {} : { url: double.url };
    await driver.provider.configure({ ...way, token: double.token, ...settings });
    return driver;
  }

  /** @throws Error with all failures, one a line */
  async check(inputs: Values): Promise<Values> {
    const { inputs: checked, failures = [] } = await this.provider.check({
      ...this.#call(),
      oldInputs: {},
      inputs,
      seed: new Uint8Array(),
    });
    if (failures.length > 0)
      throw new Error(failures.map(({ property, reason }) => `${property} ${reason}`).join("\n"));
    return opened(checked);
  }

  async create(given: Values): Promise<Resource> {
    const inputs = await this.check(given);
    const { id, outputs } = await this.provider.create({
      ...this.#call(),
      inputs,
      preview: false,
      timeoutMs: undefined,
    });
    return { id, inputs, outputs: opened(outputs) };
  }

  /** Paths that would change, and whether by a replacement. */
  async changes({ id, inputs: oldInputs, outputs: oldOutputs }: Resource, given: Values) {
    const inputs = await this.check(given);
    const { changes, replaces } = await this.provider.diff({ ...this.#call(), id, oldInputs, oldOutputs, inputs });
    return changes.map(({ path }) => (replaces(path) ? `${path} (replace)` : path));
  }

  async update({ id, inputs: oldInputs, outputs: oldOutputs }: Resource, given: Values): Promise<Resource> {
    const inputs = await this.check(given);
    const versions = { oldInputs, oldOutputs, inputs, preview: false, timeoutMs: undefined };
    return { id, inputs, outputs: opened(await this.provider.update({ ...this.#call(), id, ...versions })) };
  }

  async refresh({ id, inputs: oldInputs, outputs: oldOutputs }: Resource): Promise<Resource | undefined> {
    return read(id, await this.provider.read({ ...this.#call(), id, oldInputs, oldOutputs }));
  }

  async import(id: string): Promise<Resource | undefined> {
    return read(id, await this.provider.read({ ...this.#call(), id, oldInputs: {}, oldOutputs: {} }));
  }

  async delete({ id, inputs: oldInputs, outputs: oldOutputs }: Resource): Promise<void> {
    await this.provider.delete({ ...this.#call(), id, oldInputs, oldOutputs, timeoutMs: undefined });
  }

  #call() {
    return {
      urn: `urn:${this.#kind}`,
      type: `homeslice:authentik:${this.#kind}`,
      name: "sample",
      log: () => undefined,
    };
  }
}

function read(id: string, result: ReadResult | undefined): Resource | undefined {
  return result && { id: result.id ?? id, inputs: opened(result.inputs), outputs: opened(result.outputs) };
}

/** Without the marks of secrets, as the engine passes values on to a provider. */
export function opened(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, open(value)]));
}

function open(value: Value): Value {
  return isObject(value) && "4dabf18193072939515e22adb298388d" in value ? (value["value"] ?? null) : value;
}
