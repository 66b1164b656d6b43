import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { difference } from "@homeslice/plugin/difference.ts";
import {
  type CheckCall,
  type CheckResult,
  type CreateCall,
  type DeleteCall,
  type DiffCall,
  type DiffResult,
  InitializationError,
  type Provider,
  type ReadCall,
  type ReadResult,
  type ResourceCall,
  type UpdateCall,
} from "@homeslice/plugin/provider.ts";
import { containsUnknown, textAt, type Values, withoutNulls } from "@homeslice/plugin/values.ts";
import { type Patience, timeoutOf, untilGone, untilReady } from "./awaiting.ts";
import { Cluster, isConflictWithKubectl, isStatus, type ObjectRef, UnknownKindError } from "./cluster.ts";
import { needsReplacement } from "./immutable.ts";
import * as objects from "./objects.ts";
import { connect, parseSettings, type Settings } from "./settings.ts";

/** Objects of any kind by server-side apply, as the official provider handles them in its default mode. */
export class KubernetesProvider implements Provider {
  readonly version = "4.34.2";
  #settings: Settings | undefined;
  #cluster: Cluster | undefined;
  #namespace = "default";
  readonly #cancellation = new AbortController();

  async configure(config: Values): Promise<void> {
    this.#settings = parseSettings(config);
    const client = connect(this.#settings);
    this.#namespace = this.#settings.namespace ?? client.namespace;
    this.#cluster = new Cluster(client);
  }

  configReplaces(oldConfig: Values, config: Values): readonly string[] {
    const { clusterIdentifier } = config;
    if (clusterIdentifier && oldConfig["clusterIdentifier"]) {
      return clusterIdentifier === oldConfig["clusterIdentifier"] ? [] : ["clusterIdentifier"];
    }
    const keys = ["kubeconfig", "context", "cluster"].filter((key) => oldConfig[key] !== config[key]);
    if (keys.some((key) => containsUnknown(config[key]))) return keys;
    return serverOf(oldConfig) === serverOf(config) ? [] : keys;
  }

  async check({ type, name, inputs: given, oldInputs, seed }: CheckCall): Promise<CheckResult> {
    const { apiVersion, kind } = objects.kindOfType(type);
    if (!/^(?:[a-z0-9.-]+\/)?v\d\w*$/.test(apiVersion)) throw new Error(`the stand-in does not implement ${type}`);
    if (/(List|Patch)$/.test(kind)) throw new Error(`the stand-in does not implement ${kind}: use the kind itself`);
    const { metadata, ...rest } = withoutNulls(given);
    const inputs: Values = { apiVersion, kind, metadata: metadata ?? {}, ...rest };
    if (textAt(inputs, "metadata", "generateName") !== "") {
      throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
    }
    const withName = objects.named(inputs, oldInputs, name, seed);
    return { inputs: (await this.#isNamespaced(inputs)) ? objects.inNamespace(withName, this.#namespace) : withName };
  }

  async diff({ oldInputs, oldOutputs, inputs }: DiffCall): Promise<DiffResult> {
    const before = objects.liveInputs(oldOutputs, oldInputs);
    const changes = difference(before, inputs, objects.sameValue);
    const replaces = needsReplacement(inputs, this.#ready().settings);
    const [oldId, id] = [objects.idOf(oldOutputs), objects.idOf(inputs)];
    return { changes, replaces, deleteBeforeReplace: oldId === id && !objects.isAutonamed(inputs) };
  }

  async create(call: CreateCall): Promise<{ id: string; outputs: Values }> {
    const { type, inputs, preview } = call;
    const { cluster, settings } = this.#ready();
    const fieldManager = `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
    if (preview) return { id: "", outputs: await this.#previewCreate(call, fieldManager) };
    const ref = objects.refOf(type, inputs);
    if (!settings.upsertExistingObjects && (await cluster.find(ref))) throw alreadyExists(call.urn, ref);
    const live = await this.#applyRetrying(call, ref, fieldManager);
    return { id: objects.idOf(live), outputs: await this.#awaited(call, ref, live, fieldManager) };
  }

  async read({ type, id, oldInputs, oldOutputs }: ReadCall): Promise<ReadResult | undefined> {
    const live = await this.#ready().cluster.find(objects.refOfId(type, id));
    if (!live) return undefined;
    const isImport = Object.keys(oldInputs).length === 0;
    const fieldManager = textAt(oldOutputs, objects.fieldManagerKey) || "pulumi-kubernetes-import";
    return {
      inputs: isImport ? objects.inputsFromLive(live) : objects.liveInputs(live, oldInputs),
      outputs: objects.outputsOf(live, fieldManager),
    };
  }

  async update(call: UpdateCall): Promise<Values> {
    const { type, inputs, preview, oldOutputs } = call;
    const ref = objects.refOf(type, inputs);
    const fieldManager = textAt(oldOutputs, objects.fieldManagerKey);
    if (preview && containsUnknown(inputs)) return inputs;
    try {
      const live = await this.#apply(call, ref, fieldManager, false);
      if (preview) return objects.outputsOf(live, fieldManager);
      return await this.#awaited(call, ref, live, fieldManager);
    } catch (error) {
      if (preview && isStatus(error, 403)) return inputs;
      throw error;
    }
  }

  async delete({ type, id, oldInputs, timeoutMs }: DeleteCall): Promise<void> {
    const { cluster } = this.#ready();
    const ref = objects.refOfId(type, id);
    const policy = objects.annotation(oldInputs, "pulumi.com/deletionPropagationPolicy").toLowerCase();
    await cluster.delete(ref, propagationPolicies[policy] ?? "Foreground");
    await untilGone(cluster, ref, this.#patience(oldInputs, timeoutMs));
  }

  cancel(): void {
    this.#cancellation.abort();
  }

  #patience(inputs: Values, programTimeoutMs: number | undefined): Patience {
    return { timeoutMs: timeoutOf(inputs, programTimeoutMs), signal: this.#cancellation.signal };
  }

  #ready(): { readonly settings: Settings; readonly cluster: Cluster } {
    if (!this.#settings || !this.#cluster) throw new Error("the provider is not configured");
    return { settings: this.#settings, cluster: this.#cluster };
  }

  /** Kinds that the server does not know yet come from definitions still to be created: most are namespaced. */
  async #isNamespaced(inputs: Values): Promise<boolean> {
    try {
      const { apiVersion, kind } = inputs;
      return await this.#ready().cluster.isNamespaced(String(apiVersion), String(kind));
    } catch (error) {
      if (error instanceof UnknownKindError) return true;
      throw error;
    }
  }

  /** A dry run where it can be had: all is known, the namespace exists, the object does not. */
  async #previewCreate(call: CreateCall, fieldManager: string): Promise<Values> {
    const { type, inputs } = call;
    if (containsUnknown(inputs)) return inputs;
    const ref = objects.refOf(type, inputs);
    try {
      if (await this.#ready().cluster.find(ref)) return inputs;
      const { status: _, ...outputs } = await this.#apply(call, ref, fieldManager, true);
      return objects.outputsOf(outputs, fieldManager);
    } catch (error) {
      if (error instanceof UnknownKindError || isStatus(error, 404) || isStatus(error, 403)) return inputs;
      throw error;
    }
  }

  /** Namespaces and definitions that are being created at the same time may appear a moment later. */
  async #applyRetrying(call: CreateCall, ref: ObjectRef, fieldManager: string): Promise<Values> {
    for (let pauseMs = 500; ; pauseMs *= 2) {
      try {
        return await this.#apply(call, ref, fieldManager, false);
      } catch (error) {
        const missing = error instanceof UnknownKindError || isStatus(error, 404);
        if (!missing || pauseMs > 8_000 || this.#cancellation.signal.aborted) throw notCreated(call.urn, error);
      }
      await delay(pauseMs);
    }
  }

  async #apply(call: CreateCall, ref: ObjectRef, fieldManager: string, isPreviewOfCreate: boolean): Promise<Values> {
    const { cluster, settings } = this.#ready();
    const demanded = objects.annotation(call.inputs, "pulumi.com/patchForce") === "true" || settings.enablePatchForce;
    const options = { fieldManager, dryRun: call.preview, onWarning: (text: string) => call.log("warning", text) };
    try {
      return await cluster.apply(ref, call.inputs, { ...options, force: demanded || isPreviewOfCreate });
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
      // The official provider takes over from kubectl without asking, though not in previews.
      if (!call.preview && isConflictWithKubectl(error)) {
        return cluster.apply(ref, call.inputs, { ...options, force: true });
      }
      throw new Error(`server-side apply field conflict detected: field manager "${fieldManager}": ${error.message}`);
    }
  }

  async #awaited(call: CreateCall, ref: ObjectRef, applied: Values, fieldManager: string): Promise<Values> {
    const { cluster } = this.#ready();
    const { live, problems } = await untilReady(cluster, ref, applied, this.#patience(call.inputs, call.timeoutMs));
    const outputs = objects.outputsOf(live, fieldManager);
    if (problems.length === 0) return outputs;
    const id = objects.idOf(live);
    const what = `${ref.kind} ${id} was applied but did not become ready`;
    throw new InitializationError(what, { id, outputs, reasons: [what, ...problems] });
  }
}

const propagationPolicies: Readonly<Record<string, string>> = { orphan: "Orphan", background: "Background" };

/** The address behind a configuration; as good as different when it cannot be told. */
function serverOf(config: Values): string {
  const { kubeconfig, context } = config;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  try {
    return connect({ kubeconfig: text(kubeconfig), context: text(context) }).server;
  } catch {
    return "";
  }
}

function notCreated(urn: ResourceCall["urn"], error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  return new Error(`resource "${urn}" was not successfully created by the Kubernetes API server: ${why}`);
}

function alreadyExists(urn: ResourceCall["urn"], { kind, name }: ObjectRef): Error {
  const what = `${kind} "${name}" already exists`;
  const fix = "Import it, give it another name, or set upsertExistingObjects on the provider to take it over.";
  return notCreated(urn, new Error(`${what}\n${fix}`));
}
