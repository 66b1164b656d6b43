import type {
  CheckCall,
  CheckResult,
  CreateCall,
  DeleteCall,
  DiffCall,
  DiffResult,
  InvokeCall,
  InvokeResult,
  Provider,
  ReadCall,
  ReadResult,
  UpdateCall,
  Values,
} from "@homeslice/plugin";
import type { Client } from "@homeslice/protocol/client.ts";
import type { Authentik, AuthentikSettings } from "./authentik/authentik.ts";
import { Connection, checkConnection, leadsElsewhere, SETTING } from "./automation/connection.ts";
import { definitionKinds } from "./automation/definition.ts";
import { checkConfig, hasSettings, identifying, settingsOf } from "./config.ts";
import { checkArgs } from "./engine/check.ts";
import type { Kind } from "./engine/kind.ts";
import { lookups } from "./functions/lookups.ts";
import { isAbsent } from "./http/errors.ts";
import { kinds } from "./resources/index.ts";

/** What belongs to the identity provider, and what the orchestrator is told to do, as Pulumi resources. */
export class HomesliceProvider implements Provider {
  readonly version = "0.1.0";
  #settings: AuthentikSettings | undefined;
  #authentik: Promise<Authentik> | undefined;
  #orchestrator: Connection | undefined;
  readonly #kinds = [...kinds, ...definitionKinds(() => this.#ask())];

  async checkConfig(config: Values): Promise<CheckResult> {
    return SETTING in config ? checkConnection(config) : checkConfig(config);
  }

  async configure(config: Values): Promise<void> {
    if (SETTING in config) {
      this.#orchestrator = new Connection(config);
      return;
    }
    // Kinds that have nothing to do with Authentik need no settings.
    this.#settings = hasSettings(config) ? settingsOf(config) : undefined;
    this.#authentik = undefined;
  }

  configReplaces(before: Values, after: Values): readonly string[] {
    return leadsElsewhere(before, after) ? [SETTING] : identifying(before, after);
  }

  async check({ type, inputs }: CheckCall): Promise<CheckResult> {
    return this.#kindOf(type).check(inputs);
  }

  async diff({ type, oldInputs, inputs }: DiffCall): Promise<DiffResult> {
    return this.#kindOf(type).diff(oldInputs, inputs);
  }

  async create({ type, inputs, preview }: CreateCall): Promise<{ readonly id: string; readonly outputs: Values }> {
    if (preview) return { id: "", outputs: this.#kindOf(type).planned(inputs) };
    return this.#kindOf(type).create(this.#connect, inputs);
  }

  /** Where no Authentik runs, nothing can be said of what its database holds; without its namespace, there is none. */
  async read({ type, id, oldInputs, oldOutputs }: ReadCall): Promise<ReadResult | undefined> {
    const isImport = Object.keys(oldInputs).length === 0;
    try {
      return await this.#kindOf(type).read(this.#connect, id, isImport ? undefined : oldInputs);
    } catch (error) {
      if (isImport || !isAbsent(error)) throw error;
      return error.code === "authentik.namespace-gone" ? undefined : { id, inputs: oldInputs, outputs: oldOutputs };
    }
  }

  async update({ type, id, oldInputs, oldOutputs, inputs, preview }: UpdateCall): Promise<Values> {
    if (preview) return { ...oldOutputs, ...inputs };
    return this.#kindOf(type).update(this.#connect, id, { inputs: oldInputs, outputs: oldOutputs }, inputs);
  }

  /** What went with its Authentik needs no deletion. */
  async delete({ type, id }: DeleteCall): Promise<void> {
    try {
      await this.#kindOf(type).delete(this.#connect, id);
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }

  async invoke({ token, args, preview }: InvokeCall): Promise<InvokeResult> {
    const found = lookups.find((candidate) => candidate.token === token);
    if (!found) throw new Error(`the provider has no function ${token}`);
    const { inputs, failures } = checkArgs(found.args, args);
    if (failures.length > 0) return { outputs: {}, failures };
    return { outputs: await found.answer(await this.#connect(), inputs, preview) };
  }

  cancel(): void {
    void this.#authentik?.then((authentik) => authentik.cancel());
    this.#orchestrator?.cancel();
    for (const kind of this.#kinds) kind.cancel?.();
  }

  readonly #connect = async (): Promise<Authentik> => {
    if (!this.#settings)
      throw new Error("the provider is not configured: give it the address of Authentik and a token");
    this.#authentik ??= openAuthentik(this.#settings);
    return await this.#authentik;
  };

  async #ask(): Promise<Client> {
    if (this.#orchestrator) return await this.#orchestrator.client();
    throw new Error("the provider is not configured: give it the address of an orchestrator and a token");
  }

  #kindOf(type: string): Kind {
    const found = this.#kinds.find((kind) => kind.type === type);
    if (!found) throw new Error(`the provider has no resource ${type}`);
    return found;
  }
}

/** The client consists of hundreds of files, which most runs have no use for. */
async function openAuthentik(settings: AuthentikSettings): Promise<Authentik> {
  const client = await import("./authentik/authentik.ts");
  return new client.Authentik(settings);
}
