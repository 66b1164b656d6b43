import { type Config, loadConfig, UserError } from "@homeslice/config";
import { cacheDirectory, type Home } from "./home.ts";
import { k3dName, requireK3d } from "./k3d.ts";
import { writeCurrentContext } from "./kubeconfig.ts";
import { type ClusterMemory, recallCluster, requireSameCluster } from "./memory.ts";
import type { ClusterOptions, Operation } from "./options.ts";
import { reachCluster, requirePostgresqlOperator, requireUserNamespaces } from "./preflight.ts";
import { type ProviderPath, standIns } from "./providers.ts";
import type { StackFile } from "./stackFile.ts";
import { chooseTarget } from "./target.ts";

/** The cluster of a run, in the terms of those who need to know it. */
export interface ClusterChoice {
  /** What is written down about it before the first change. */
  readonly memory: ClusterMemory;
  readonly plugins: readonly ProviderPath[];
  /** Environment of the engine and its providers. */
  readonly env: Readonly<Record<string, string>>;
  /** Settings that the program works with in place of the configured ones. */
  readonly settings: (cluster: Config["cluster"]) => Config["cluster"];
}

/** Decides on the cluster and makes sure that it can be worked with; changes nothing outside the stack's own folder. */
export async function prepareCluster(
  operation: Operation,
  options: ClusterOptions,
  file: StackFile,
  home: Home,
  say: (line: string) => void,
): Promise<ClusterChoice> {
  const config = loadConfig(file.stack, file.content.config ?? {});
  const { cluster } = config;
  const known = recallCluster(home.cluster);
  if (options.cluster === "k3d" || cluster.k3d || known.k3d) {
    if (isBuilding(operation) && config.postgresql.highAvailability) throw madeWithTheStack(file.stack);
    await requireK3d(process.env);
    const k3d = known.k3d ?? k3dName(file.stack, cluster);
    say(`working on the local k3d cluster ${k3d}`);
    return { memory: { k3d }, plugins: [], env: {}, settings: (configured) => ({ ...configured, k3d }) };
  }
  return existingCluster(operation, options, config, known, home, say);
}

async function existingCluster(
  operation: Operation,
  options: ClusterOptions,
  { stack, cluster, postgresql }: Config,
  known: ClusterMemory,
  home: Home,
  say: (line: string) => void,
): Promise<ClusterChoice> {
  const { context } = options;
  const target = chooseTarget({ context, cluster, env: process.env, cache: cacheDirectory(process.env), say });
  const { uid, version } = await reachCluster(target);
  const memory = { server: target.server, ...(uid ? { uid } : {}) };
  if (isBuilding(operation) && cluster.userNamespaces) await requireUserNamespaces(target);
  if (isBuilding(operation) && postgresql.highAvailability) await requirePostgresqlOperator(target);
  requireSameCluster(stack, known, memory, home.cluster);
  say(`working on Kubernetes ${version} at ${target.server} (context ${target.context})`);
  writeCurrentContext(target.kubeconfig, home.kubeconfig);
  return {
    memory,
    plugins: standIns(target, process.env, say),
    env: { KUBECONFIG: home.kubeconfig },
    // The chosen context is the only one in the engine's kubeconfig: naming it would tie the state to its name.
    settings: ({ kubeconfig: _file, context: _name, ...rest }) => rest,
  };
}

/** What is there can be looked at and destroyed whatever has become of the cluster. */
const isBuilding = (operation: Operation) => operation === "up" || operation === "preview";

function madeWithTheStack(stack: string): UserError {
  return new UserError({
    code: "cluster.postgresql-operator",
    where: `stack ${stack}`,
    what: "postgresql.highAvailability needs CloudNativePG in the cluster beforehand, and a k3d cluster is made with the stack",
    fix: "Use an existing cluster, or set postgresql.highAvailability to false. Nothing was changed.",
  });
}
