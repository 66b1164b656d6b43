import { readFileSync, writeFileSync } from "node:fs";
import { UserError } from "@homeslice/config";
import { z } from "zod";

const memorySchema = z.object({
  /** Name of the k3d cluster that the stack made for itself. */
  k3d: z.string().optional(),
  /** Identity of the existing cluster that it was deployed to. */
  uid: z.string().optional(),
  server: z.string().optional(),
});

/** The cluster that a stack was deployed to. */
export type ClusterMemory = z.infer<typeof memorySchema>;

/** What an earlier run wrote down; empty before the first one. */
export function recallCluster(path: string): ClusterMemory {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return {};
  }
}

/** Writes down where the stack is about to be deployed. */
export function rememberCluster(path: string, memory: ClusterMemory): void {
  writeFileSync(path, JSON.stringify(memory));
}

/**
 * Refuses to run a stack against another cluster than the one it lives in: the engine would take everything there for
 * lost, and lose track of what still runs in the right one.
 *
 * @throws UserError `cluster.other`
 */
export function requireSameCluster(stack: string, known: ClusterMemory, found: ClusterMemory, path: string): void {
  if (!known.uid || !found.uid || known.uid === found.uid) return;
  throw new UserError({
    code: "cluster.other",
    where: `stack ${stack}`,
    what: `it was deployed to another cluster (${known.server}) than the one chosen now (${found.server})`,
    fix: `Choose the cluster of this stack with --context or KUBECONFIG. If that cluster was deleted and made anew, delete ${path} and run \`refresh\`. Nothing was changed.`,
  });
}
