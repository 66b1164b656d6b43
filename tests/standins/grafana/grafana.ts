import { difference, isWithin } from "@homeslice/plugin/difference.ts";
import type {
  CheckCall,
  CheckResult,
  CreateCall,
  DeleteCall,
  DiffCall,
  DiffResult,
  Provider,
  ReadCall,
  ReadResult,
  UpdateCall,
} from "@homeslice/plugin/provider.ts";
import { containsUnknown, unknownValue, type Values, withoutNulls } from "@homeslice/plugin/values.ts";
import { Api, parseSettings } from "./api.ts";
import { imported, type Kind, refreshed, same } from "./kind.ts";
import { kinds } from "./kinds.ts";

/** Objects of the one organisation that there is. */
const ORGANISATION = "1";

/** Contents of a Grafana server, by its API. */
export class GrafanaProvider implements Provider {
  readonly version = "2.40.0";
  #api: Api | undefined;

  async configure(config: Values): Promise<void> {
    // What is not known in a preview of an empty cluster is not asked for either.
    this.#api = containsUnknown(config) ? undefined : new Api(parseSettings(config));
  }

  configReplaces(): readonly string[] {
    return [];
  }

  async check({ type, inputs: given }: CheckCall): Promise<CheckResult> {
    const inputs = withoutNulls(given);
    const { schema } = kindOf(type);
    const parsed = schema.safeParse(inputs);
    if (parsed.success || containsUnknown(inputs)) return { inputs };
    const failures = parsed.error.issues.map(({ path, message }) => ({ property: path.join("."), reason: message }));
    return { inputs, failures };
  }

  async diff({ type, oldInputs, inputs }: DiffCall): Promise<DiffResult> {
    const { replaces } = kindOf(type);
    return {
      changes: difference(oldInputs, inputs, same),
      replaces: (path) => replaces.some((property) => isWithin(path, property)),
      // What has a name that nothing else may have goes before its successor comes.
      deleteBeforeReplace: "name" in inputs,
    };
  }

  async create({ type, inputs, preview }: CreateCall): Promise<{ id: string; outputs: Values }> {
    const kind = kindOf(type);
    if (preview) return { id: "", outputs: planned(kind, inputs) };
    const key = await kind.create(this.#connected(), inputs);
    return { id: `${ORGANISATION}:${key}`, outputs: await this.#outputs(kind, key, inputs) };
  }

  async read({ type, id, oldInputs }: ReadCall): Promise<ReadResult | undefined> {
    const kind = kindOf(type);
    const live = await kind.read(this.#connected(), keyOf(id));
    if (!live) return undefined;
    const isImport = Object.keys(oldInputs).length === 0;
    const inputs = isImport ? imported(kind, live.inputs) : refreshed(oldInputs, live.inputs);
    return { id: `${ORGANISATION}:${keyOf(id)}`, inputs, outputs: { ...inputs, ...live.outputs } };
  }

  async update({ type, id, inputs, oldOutputs, preview }: UpdateCall): Promise<Values> {
    const kind = kindOf(type);
    if (preview) return { ...oldOutputs, ...inputs };
    await kind.update(this.#connected(), keyOf(id), inputs);
    return this.#outputs(kind, keyOf(id), inputs);
  }

  async delete({ type, id, oldInputs }: DeleteCall): Promise<void> {
    await kindOf(type).delete(this.#connected(), keyOf(id), oldInputs);
  }

  cancel(): void {}

  async #outputs(kind: Kind, key: string, inputs: Values): Promise<Values> {
    const live = await kind.read(this.#connected(), key);
    if (!live) throw new Error(`${key} is gone as soon as it was there`);
    return { ...inputs, ...live.outputs };
  }

  #connected(): Api {
    if (!this.#api) throw new Error("the provider is not configured");
    return this.#api;
  }
}

function planned({ computed }: Kind, inputs: Values): Values {
  return { ...inputs, ...Object.fromEntries(computed.map((key) => [key, unknownValue])) };
}

/** What follows the organisation in an id. */
const keyOf = (id: string) => id.replace(/^\d+:/, "");

function kindOf(type: string): Kind {
  const found = kinds[type];
  if (!found) throw new Error(`the stand-in does not implement ${type}`);
  return found;
}
