import { setTimeout as delay } from "node:timers/promises";
import { textAt, type Values } from "../values.ts";
import type { Cluster, ObjectRef } from "./cluster.ts";
import { annotation } from "./objects.ts";
import { type Readiness, readinessCheck, type Surroundings, targetsPods } from "./ready.ts";

const defaultTimeoutMs = 600_000;
const pollMs = 200;

/** How long to wait: as the program says, else as the annotation says, else ten minutes. */
export function timeoutOf(inputs: Values, programTimeoutMs: number | undefined): number {
  return programTimeoutMs ?? (Number(annotation(inputs, "pulumi.com/timeoutSeconds")) * 1000 || defaultTimeoutMs);
}

/** The last state of an object that was waited for, with what it lacks when it did not become ready. */
export interface Outcome {
  readonly live: Values;
  readonly problems: readonly string[];
}

/** Waits until the object works, or it is certain that it will not, or time is up. */
export async function untilReady(cluster: Cluster, ref: ObjectRef, live: Values, timeoutMs: number): Promise<Outcome> {
  const check = readinessCheck(live);
  if (!check || annotation(live, "pulumi.com/skipAwait") === "true") return { live, problems: [] };
  const deadline = Date.now() + timeoutMs;
  let latest = live;
  for (;;) {
    const readiness: Readiness = check(latest, await surroundings(cluster, ref, latest));
    if (readiness.state === "ready") return { live: latest, problems: [] };
    if (readiness.state === "failed" || Date.now() >= deadline) {
      return { live: latest, problems: [...readiness.missing, ...(await warnings(cluster, ref))] };
    }
    await delay(pollMs);
    const found = await cluster.find(ref);
    if (!found) return { live: latest, problems: [`${ref.kind} ${ref.name} was deleted by somebody else`] };
    latest = found;
  }
}

/** Waits until the object is gone; the names of those that hold it up when it is not. */
export async function untilGone(cluster: Cluster, ref: ObjectRef, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const live = await cluster.find(ref);
    if (!live) return;
    if (Date.now() >= deadline) {
      const conditions = JSON.stringify(live["status"] ?? {});
      throw new Error(`${ref.kind} ${ref.name} was not deleted after ${timeoutMs / 1000} s: ${conditions}`);
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
