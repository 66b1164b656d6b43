import { createHash } from "node:crypto";
import type { Config } from "@homeslice/config";
import type { Target } from "@homeslice/tunnel";
import { objectName } from "../kit/index.ts";

/** The port of Grafana's Service and of its containers. */
export const GRAFANA_PORT = 3000;

/** Where Grafana's API answers whoever brings its contents about. */
export interface GrafanaApi {
  readonly url: string;
  /** The port of this machine that the address names, and where it has to lead; undefined where that takes no doing. */
  readonly way: { readonly port: number; readonly target: Target } | undefined;
}

/** Below the ports that operating systems and Kubernetes give out by themselves. */
const FIRST_PORT = 21_000;
const PORTS = 9_000;

/**
 * The address is part of what the engine remembers, so it stays the same from run to run and on every machine: the port
 * follows from the stack's name, unless the configuration chooses one.
 */
export function grafanaApi({ stack, grafana }: Pick<Config, "stack" | "grafana">): GrafanaApi {
  const { address, port = FIRST_PORT + (numberOf(stack) % PORTS) } = grafana.api;
  if (address !== undefined) return { url: address, way: undefined };
  const target = { namespace: objectName("homeslice", stack), service: "grafana", port: GRAFANA_PORT };
  return { url: `http://127.0.0.1:${port}`, way: { port, target } };
}

function numberOf(stack: string): number {
  return createHash("sha256").update(`${stack}/grafana`).digest().readUInt32BE();
}
