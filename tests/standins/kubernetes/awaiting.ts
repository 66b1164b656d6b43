import { setTimeout as delay } from "node:timers/promises";
import { at, textAt, type Values } from "@homeslice/plugin/values.ts";
import type { Cluster, ObjectRef } from "./cluster.ts";
import { annotation } from "./objects.ts";
import { type Readiness, readinessCheck, type Surroundings, targetsPods } from "./ready.ts";

const defaultTimeoutMs = 600_000;
const pollMs = 200;

/** When to stop waiting. */
export interface Patience {
  readonly timeoutMs: number;
  /** Aborted when the user cancels the operation. */
  readonly signal: AbortSignal;
}

/** How long to wait: as the program says, else as the annotation says, else ten minutes. */
export function timeoutOf(inputs: Values, programTimeoutMs: number | undefined): number {
  return programTimeoutMs ?? (Number(annotation(inputs, "pulumi.com/timeoutSeconds")) * 1000 || defaultTimeoutMs);
}

/** The last state of an object that was waited for, with what it lacks when it did not become ready. */
export interface Outcome {
  readonly live: Values;
  readonly problems: readonly string[];
}

/** Waits until the object works, or it is certain that it will not, or patience ends. */
export async function untilReady(cluster: Cluster, ref: ObjectRef, live: Values, patience: Patience): Promise<Outcome> {
  const check = readinessCheck(live);
  if (!check || annotation(live, "pulumi.com/skipAwait") === "true") return { live, problems: [] };
  const deadline = Date.now() + patience.timeoutMs;
  let latest = live;
  for (;;) {
    const readiness: Readiness = check(latest, await surroundings(cluster, ref, latest));
    if (readiness.state === "ready") return { live: latest, problems: [] };
    if (patience.signal.aborted) return { live: latest, problems: ["the wait was cancelled", ...readiness.missing] };
    if (readiness.state === "failed" || Date.now() >= deadline) {
      return { live: latest, problems: [...readiness.missing, ...(await warnings(cluster, ref))] };
    }
    await delay(pollMs);
    const found = await cluster.find(ref);
    if (!found) return { live: latest, problems: [`${ref.kind} ${ref.name} was deleted by somebody else`] };
    latest = found;
  }
}

/** Waits until the object is gone; throws with what holds it up when patience ends before. */
export async function untilGone(cluster: Cluster, ref: ObjectRef, { timeoutMs, signal }: Patience): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (let live = await cluster.find(ref); live; live = await cluster.find(ref)) {
    if (signal.aborted || Date.now() >= deadline) {
      const when = signal.aborted ? "when the wait was cancelled" : `after ${timeoutMs / 1000} s`;
      const finalizers = JSON.stringify(at(live, "metadata", "finalizers") ?? []);
      throw new Error(`${ref.kind} ${ref.name} was still there ${when}; finalizers: ${finalizers}`);
    }
    await delay(pollMs);
  }
}

async function surroundings(cluster: Cluster, ref: ObjectRef, live: Values): Promise<Surroundings> {
  const slices =
    ref.kind === "Service"
      ? await cluster.list("discovery.k8s.io/v1", "EndpointSlice", ref.namespace, sliceOf(ref))
      : [];
  const storageClass = ref.kind === "PersistentVolumeClaim" ? textAt(live, "spec", "storageClassName") : "";
  return {
    hasEndpoints: targetsPods(slices),
    bindingMode: storageClass === "" ? "" : await bindingModeOf(cluster, storageClass),
  };
}

const sliceOf = (ref: ObjectRef) => `?labelSelector=kubernetes.io%2Fservice-name%3D${ref.name}`;

async function bindingModeOf(cluster: Cluster, name: string): Promise<string> {
  const ref = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", namespace: "", name };
  return textAt(await cluster.find(ref), "volumeBindingMode");
}

/** The last warning of each kind about the object and what it made: pods and ReplicaSets carry its name in front. */
async function warnings(cluster: Cluster, ref: ObjectRef): Promise<string[]> {
  if (ref.namespace === "") return [];
  const events = await cluster.list("v1", "Event", ref.namespace, "?fieldSelector=type%3DWarning");
  const related = events.filter((event) => textAt(event, "involvedObject", "name").startsWith(ref.name));
  const latest = related.map((event): [string, string] => {
    const about = `${textAt(event, "involvedObject", "kind")} ${textAt(event, "involvedObject", "name")}`;
    const cause = `${about}: [${textAt(event, "reason")}]`;
    return [cause, `${cause} ${textAt(event, "message")}`];
  });
  return [...new Map(latest).values()].slice(-5);
}
