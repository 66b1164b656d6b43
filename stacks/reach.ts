import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { grafanaApi } from "@homeslice/components";
import { type Config, UserError } from "@homeslice/config";
import { type ClusterSource, findCluster, type Listener, PodPort } from "@homeslice/tunnel";

/** The way from this machine to what runs in the cluster, open until it is closed or this process ends. */
export interface Way {
  /** Whether somebody answers at its other end now. */
  leads(): Promise<boolean>;
  close(): Promise<void>;
}

/** What a server says of things that it does not have. */
const NOT_FOUND = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

/**
 * Opens the way by which the engine reaches Grafana's API, through the API server of the cluster alone; undefined where
 * the configuration names an address. Nothing is asked of the cluster before the engine asks something of Grafana.
 *
 * @throws UserError `grafana.port-taken`
 */
export async function reachGrafana(config: Pick<Config, "stack" | "grafana" | "cluster">): Promise<Way | undefined> {
  const { way } = grafanaApi(config);
  if (!way) return undefined;
  const port = new PodPort(clusterIn(config.cluster), way.target);
  // With its namespace everything of Grafana is gone, down to its database.
  const instead = ({ code }: { readonly code: string }) => (code === "tunnel.gone" ? NOT_FOUND : undefined);
  const listener = await port.listen({ port: way.port, instead }).catch((error: unknown) => {
    throw isTaken(error) ? taken(way.port, error) : error;
  });
  return { leads: () => answers(port), close: () => closed(listener) };
}

async function answers(port: PodPort): Promise<boolean> {
  try {
    (await port.connect()).destroy();
    return true;
  } catch {
    return false; // whatever the reason is: what does not answer now is left alone
  }
}

async function closed(listener: Listener): Promise<void> {
  await listener.close();
}

/** The cluster that the program works on, which may be made only while it runs. */
function clusterIn({ k3d, kubeconfig, context }: Config["cluster"]): ClusterSource {
  return async () => {
    if (!k3d) return findCluster({ kubeconfig, context });
    const { stdout } = await promisify(execFile)("k3d", ["kubeconfig", "get", k3d]);
    return findCluster({ kubeconfig: stdout });
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function taken(port: number, cause: unknown): UserError {
  const where = `127.0.0.1:${port}`;
  const what = "this port, through which Grafana's contents are brought about, is taken by another program";
  const fix = "End that program, or choose another port with homeslice:grafana.api.port. Nothing was changed.";
  return new UserError({ code: "grafana.port-taken", where, what, fix }, { cause });
}
