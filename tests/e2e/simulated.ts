import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { z } from "zod";
import { AuthentikDouble } from "../doubles/authentik/double.ts";
import { GrafanaDouble } from "../doubles/grafana/double.ts";
import type { KubeClient } from "../testbed/client.ts";
import { forwardPods } from "../testbed/forwards.ts";

const keysSchema = z.object({ data: z.object({ "bootstrap-token": z.string() }) });

/** What answers in place of the simulated pods of a stack. */
export class Simulated {
  readonly grafana: GrafanaDouble;
  readonly authentik: AuthentikDouble;
  /** Where this machine reaches that Grafana, beside other suites. */
  readonly grafanaPort: number;
  readonly #stopped = new AbortController();
  readonly #firstStart: Promise<void>;

  private constructor(
    kube: KubeClient,
    namespace: string,
    doubles: Pick<Simulated, "grafana" | "authentik" | "grafanaPort">,
  ) {
    this.grafana = doubles.grafana;
    this.authentik = doubles.authentik;
    this.grafanaPort = doubles.grafanaPort;
    this.#firstStart = firstStart(kube, namespace, doubles.authentik, this.#stopped.signal);
  }

  /** Starts it all behind the ports that the pods of a stack have. */
  static async start(kube: KubeClient, stack: string): Promise<Simulated> {
    const namespace = `homeslice-${stack}`;
    const grafana = await GrafanaDouble.start();
    const authentik = await AuthentikDouble.start("starting");
    await forwardPods(kube, { namespace, port: 3000, to: grafana.address });
    await forwardPods(kube, { namespace, port: 9000, to: authentik.address });
    return new Simulated(kube, namespace, { grafana, authentik, grafanaPort: await freePort() });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#firstStart;
    await this.grafana.stop();
    await this.authentik.stop();
  }
}

/**
 * The first start of Authentik, as late as that of the real one, whose health page is green long before: it refuses every
 * token until the bootstrap, and has nothing to build on until its blueprints are in.
 */
async function firstStart(kube: KubeClient, namespace: string, authentik: AuthentikDouble, signal: AbortSignal) {
  const refused = () => authentik.requests.some(({ status }) => status === 403);
  const admitted = () => authentik.requests.some(({ status, path }) => status === 200 && path.startsWith("/flows/"));
  while (!signal.aborted && !refused()) await delay(100);
  if (signal.aborted) return;
  authentik.token = await bootstrapToken(kube, namespace);
  authentik.advance("bootstrapped");
  while (!signal.aborted && !admitted()) await delay(100);
  if (!signal.aborted) authentik.advance("ready");
}

/** The token that the worker would read from its environment. */
async function bootstrapToken(kube: KubeClient, namespace: string): Promise<string> {
  const { body } = await kube.get(`/api/v1/namespaces/${namespace}/secrets/authentik-keys`);
  return Buffer.from(keysSchema.parse(body).data["bootstrap-token"], "base64").toString();
}
