import { at, isObject, textAt, type Value, type Values } from "@homeslice/plugin/values.ts";
import { annotation, conditionOf } from "./objects.ts";

/** How far an object has come: ready, not yet (with what is missing), or never (with why). */
export type Readiness =
  | { readonly state: "ready" }
  | { readonly state: "waiting"; readonly missing: readonly string[] }
  | { readonly state: "failed"; readonly missing: readonly string[] };

/** What readiness depends on beside the object itself. */
export interface Surroundings {
  /** Whether at least one pod is ready behind the Service. */
  readonly hasEndpoints: boolean;
  /** Binding mode of the StorageClass of the claim. */
  readonly bindingMode: string;
}

type Check = (object: Values, around: Surroundings) => Readiness;

const ready: Readiness = { state: "ready" };

/** Waiting for everything in the list that is not false. */
function waitingFor(...missing: readonly (string | false)[]): Readiness {
  const remaining = missing.filter((text) => text !== false);
  return remaining.length === 0 ? ready : { state: "waiting", missing: remaining };
}

const numberAt = (object: Values, ...path: string[]) => Number(at(object, ...path) ?? 0);

const isObserved = (object: Values) =>
  numberAt(object, "status", "observedGeneration") >= numberAt(object, "metadata", "generation");

const isTrue = (condition: Values | undefined) => condition?.["status"] === "True";

const reasonOf = (condition: Values | undefined) =>
  condition ? `[${textAt(condition, "reason")}] ${textAt(condition, "message")}` : "no report of its controller yet";

function deployment(object: Values): Readiness {
  const available = conditionOf(object, "Available");
  const progressing = conditionOf(object, "Progressing");
  const wanted = Number(at(object, "spec", "replicas") ?? 1);
  const updated = numberAt(object, "status", "updatedReplicas");
  return waitingFor(
    !isObserved(object) && "the Deployment controller has not seen the latest specification",
    !isTrue(available) && `not available: ${reasonOf(available)}`,
    progressing?.["reason"] !== "NewReplicaSetAvailable" && `not rolled out: ${reasonOf(progressing)}`,
    updated < wanted && `${updated} of ${wanted} pods are updated`,
  );
}

function statefulSet(object: Values): Readiness {
  const wanted = Number(at(object, "spec", "replicas") ?? 1);
  const readyPods = numberAt(object, "status", "readyReplicas");
  const rolling = textAt(object, "spec", "updateStrategy", "type") !== "OnDelete";
  const current = textAt(object, "status", "currentRevision") === textAt(object, "status", "updateRevision");
  return waitingFor(
    !isObserved(object) && "the StatefulSet controller has not seen the latest specification",
    readyPods < wanted && `${readyPods} of ${wanted} pods are ready`,
    rolling && !current && "pods of the earlier revision are still there",
  );
}

function daemonSet(object: Values): Readiness {
  const wanted = numberAt(object, "status", "desiredNumberScheduled");
  const updated = numberAt(object, "status", "updatedNumberScheduled");
  const unavailable = numberAt(object, "status", "numberUnavailable");
  return waitingFor(
    !isObserved(object) && "the DaemonSet controller has not seen the latest specification",
    updated < wanted && `${updated} of ${wanted} pods are updated`,
    unavailable > 0 && `${unavailable} of ${wanted} pods are unavailable`,
  );
}

function job(object: Values): Readiness {
  const failed = conditionOf(object, "Failed");
  if (isTrue(failed)) return { state: "failed", missing: [reasonOf(failed)] };
  return waitingFor(!isTrue(conditionOf(object, "Complete")) && "the Job has not completed");
}

function pod(object: Values): Readiness {
  const phase = textAt(object, "status", "phase");
  if (phase === "Failed")
    return { state: "failed", missing: [textAt(object, "status", "message") || "the pod failed"] };
  const isReady = isTrue(conditionOf(object, "Ready")) || phase === "Succeeded";
  return waitingFor(!isReady && `not ready: ${reasonOf(conditionOf(object, "Ready"))}`);
}

function service(object: Values, { hasEndpoints }: Surroundings): Readiness {
  const type = textAt(object, "spec", "type");
  const headless = textAt(object, "spec", "clusterIP") === "None";
  if (headless || type === "ExternalName" || at(object, "spec", "selector") === undefined) return ready;
  return waitingFor(
    !hasEndpoints && "Service does not target any Pods: none is ready, or `.spec.selector` matches no labels",
    type === "LoadBalancer" && !hasAddress(object) && "Service was not allocated an IP address",
  );
}

function hasAddress(object: Values): boolean {
  const addresses = at(object, "status", "loadBalancer", "ingress");
  return Array.isArray(addresses) && addresses.length > 0;
}

function claim(object: Values, { bindingMode }: Surroundings): Readiness {
  const phase = textAt(object, "status", "phase");
  const enough = phase === "Bound" || (bindingMode === "WaitForFirstConsumer" && phase === "Pending");
  return waitingFor(!enough && `the claim is ${phase || "new"}, not bound`);
}

const inPhase =
  (...phases: readonly string[]): Check =>
  (object) => {
    const phase = textAt(object, "status", "phase");
    return waitingFor(!phases.includes(phase) && `in phase ${phase || "unknown"}, not ${phases.join(" or ")}`);
  };

const checks: Readonly<Record<string, Check>> = {
  "apiextensions.k8s.io/v1:CustomResourceDefinition": (object) =>
    waitingFor(!isTrue(conditionOf(object, "Established")) && "the definition is not established"),
  "apps/v1:DaemonSet": daemonSet,
  "apps/v1:Deployment": deployment,
  "apps/v1:StatefulSet": statefulSet,
  "batch/v1:Job": job,
  "networking.k8s.io/v1:Ingress": (object) =>
    waitingFor(!hasAddress(object) && "Ingress was not allocated an address by its controller"),
  "v1:Namespace": inPhase("Active"),
  "v1:PersistentVolume": inPhase("Available", "Bound"),
  "v1:PersistentVolumeClaim": claim,
  "v1:Pod": pod,
  "v1:Service": service,
};

/** The condition that the program names, or the check of the kind; kinds without one are ready as soon as they exist. */
export function readinessCheck(object: Values): Check | undefined {
  const condition = /^condition=(\w+)$/.exec(annotation(object, "pulumi.com/waitFor"))?.[1];
  if (condition !== undefined) return inCondition(condition);
  return checks[`${textAt(object, "apiVersion")}:${textAt(object, "kind")}`];
}

function inCondition(type: string): Check {
  return (object) => {
    const condition = conditionOf(object, type);
    return waitingFor(!isTrue(condition) && `not ${type}: ${reasonOf(condition)}`);
  };
}

/** Whether any of the EndpointSlices names a ready pod. */
export function targetsPods(slices: readonly Values[]): boolean {
  const isReady = (endpoint: Value) => at(endpoint, "conditions", "ready") !== false;
  return slices.some(({ endpoints }) => Array.isArray(endpoints) && endpoints.filter(isObject).some(isReady));
}
