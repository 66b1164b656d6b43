import { ApiException, CoreV1Api, type KubeConfig, type V1Pod, type V1Service } from "@kubernetes/client-node";
import { messageOf, refused, TunnelError, tunnelError } from "./errors.ts";
import { labelSelector, nameOf, type Target } from "./target.ts";

/** One port of one pod. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/**
 * Finds a pod of the target that is ready, and the port of its container.
 *
 * @throws TunnelError
 */
export async function findPod(config: KubeConfig, target: Target): Promise<Pod> {
  const where = nameOf(target);
  const api = config.makeApiClient(CoreV1Api);
  const { namespace } = target;
  try {
    const service =
      "service" in target ? await api.readNamespacedService({ namespace, name: target.service }) : undefined;
    const selector = labelSelector("service" in target ? (service?.spec?.selector ?? {}) : target.selector);
    // Without a selector, the pods of the whole namespace would be listed.
    if (!selector) throw new TunnelError("tunnel.absent", where, "selects no pods");
    const { items } = await api.listNamespacedPod({ namespace, labelSelector: selector });
    const pod = items.find(isReady);
    if (items.length === 0) throw new TunnelError("tunnel.absent", where, "has no pods");
    if (!pod?.metadata?.name) throw new TunnelError("tunnel.not-ready", where, `none of ${items.length} pods is ready`);
    return { namespace, name: pod.metadata.name, port: portOf(target, service, pod) };
  } catch (error) {
    const failure = failureOf(where, error);
    if (failure.code !== "tunnel.absent" || (await exists(api, namespace))) throw failure;
    throw new TunnelError("tunnel.gone", where, "the namespace does not exist", { cause: error });
  }
}

function failureOf(where: string, error: unknown): TunnelError {
  if (!(error instanceof ApiException)) return tunnelError(where, error);
  return refused(where, error.code, messageOf(String(error.body)), error);
}

/** Whether a namespace is there, or may be there for all that this user may know. */
async function exists(api: CoreV1Api, name: string): Promise<boolean> {
  try {
    await api.readNamespace({ name });
    return true;
  } catch (error) {
    return !(error instanceof ApiException && error.code === 404);
  }
}

function portOf(target: Target, service: V1Service | undefined, pod: V1Pod): number {
  if (!("service" in target)) return target.port;
  const ports = service?.spec?.ports ?? [];
  const chosen = ports.find(({ name, port }) => target.port === name || target.port === port);
  if (!chosen) throw new TunnelError("tunnel.no-such-port", nameOf(target), "has no such port");
  const wanted = chosen.targetPort ?? chosen.port;
  if (typeof wanted === "number") return wanted;
  const named = (pod.spec?.containers ?? []).flatMap(({ ports = [] }) => ports).find(({ name }) => name === wanted);
  if (named) return named.containerPort;
  throw new TunnelError("tunnel.no-such-port", nameOf(target), `its pods have no port named ${wanted}`);
}

function isReady({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True");
  return ready === true && metadata?.deletionTimestamp === undefined;
}
