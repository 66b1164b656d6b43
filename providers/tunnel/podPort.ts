import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { TunnelError, tunnelError } from "./errors.ts";
import { type Listener, type ListenOptions, listen } from "./listener.ts";
import { nameOf, type Target } from "./target.ts";

/** How to find the cluster, once the first connection is wanted. */
export type ClusterSource = () => Promise<KubeConfig>;

export interface PodPortOptions {
  /** Milliseconds until a connection that did not come about fails. @default 10000 */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * A port of pods in a cluster, reached by nothing but the API server: no route, no name and no open port is needed.
 * Nothing is asked of the cluster before the first connection, and each connection looks for a ready pod anew.
 *
 * @example
 * const port = new PodPort(() => findCluster({}), { namespace: "homeslice-prod", service: "grafana", port: 3000 });
 * const listener = await port.listen();
 * await fetch(`http://${listener.address}/api/health`);
 * await listener.close();
 */
export class PodPort {
  readonly #cluster: ClusterSource;
  readonly #target: Target;
  readonly #timeoutMs: number;

  constructor(cluster: ClusterSource, target: Target, { timeoutMs = DEFAULT_TIMEOUT_MS }: PodPortOptions = {}) {
    this.#cluster = cluster;
    this.#target = target;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * One connection; the caller closes it. It keeps no process alive.
   *
   * @throws TunnelError no ready pod, forbidden, cluster unreachable, time-out
   */
  async connect(): Promise<Duplex> {
    const config = await this.#cluster();
    const [{ findPod }, { openForward }] = await Promise.all([import("./pod.ts"), import("./forward.ts")]);
    const pod = await within(this.#timeoutMs, findPod(config, this.#target), nameOf(this.#target));
    return openForward(config, pod, this.#timeoutMs);
  }

  /**
   * A port of this machine's loopback interface that leads there, for what can do nothing but connect to an address. A
   * connection that cannot be forwarded is reset; the listener tells why. It keeps no process alive.
   */
  listen(options: ListenOptions = {}): Promise<Listener> {
    return listen(
      () => this.connect(),
      (error) => tunnelError(nameOf(this.#target), error),
      options,
    );
  }
}

/** What the work comes to; a TunnelError when that takes too long. */
async function within<T>(ms: number, work: Promise<T>, where: string): Promise<T> {
  const done = new AbortController();
  const late = delay(ms, undefined, { signal: done.signal }).then(() => {
    throw new TunnelError("tunnel.timeout", where, `the cluster does not answer within ${ms / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
