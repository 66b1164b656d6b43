import { objectName } from "@homeslice/components/kit/names.ts";
import { loadConfig } from "@homeslice/config";
import { ApiException, AppsV1Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { z } from "zod";
import { cacheDirectory, openHome } from "../home.ts";
import { recallCluster, requireSameCluster } from "../memory.ts";
import { reachCluster } from "../preflight.ts";
import { readStackFile } from "../stackFile.ts";
import { chooseTarget } from "../target.ts";

/** The options that every command on backups understands. */
export const backupOptionsSchema = z.object({
  stack: z.string().min(1),
  config: z.string().optional(),
  context: z.string().optional(),
  service: z.string().optional(),
  json: z.boolean().default(false),
});

/** The namespace of a stack's platform in its cluster, by the API of Kubernetes. */
export interface Connection {
  readonly stack: string;
  readonly namespace: string;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly core: CoreV1Api;
}

/**
 * Connects to the cluster that the stack runs in.
 *
 * @throws UserError for a stack that is unknown, and a cluster that is not to be reached or is another one
 */
export async function connect(
  { stack, config: folder, context }: z.output<typeof backupOptionsSchema>,
  say: (line: string) => void,
): Promise<Connection> {
  const file = readStackFile(stack, folder);
  const { cluster } = loadConfig(stack, file.content.config ?? {});
  const home = openHome(stack, process.env);
  const target = chooseTarget({ context, cluster, env: process.env, cache: cacheDirectory(process.env), say });
  const { uid } = await reachCluster(target);
  requireSameCluster(stack, recallCluster(home.cluster), { server: target.server, ...(uid && { uid }) }, home.cluster);
  return {
    stack,
    namespace: objectName("homeslice", stack),
    apps: target.kubeconfig.makeApiClient(AppsV1Api),
    batch: target.kubeconfig.makeApiClient(BatchV1Api),
    core: target.kubeconfig.makeApiClient(CoreV1Api),
  };
}

/** Whether the API server says that there is no such object. */
export function isAbsent(error: unknown): boolean {
  return error instanceof ApiException && error.code === 404;
}
