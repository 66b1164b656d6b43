import { existsSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { UserError } from "@homeslice/config";
import { KubeConfig } from "@kubernetes/client-node";

const IN_CLUSTER_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Reads the given kubeconfig files, of which the earlier win, as kubectl does. */
export function readKubeconfig(files: readonly string[]): KubeConfig {
  const merged = new KubeConfig();
  for (const [index, file] of files.entries()) {
    const one = new KubeConfig();
    try {
      one.loadFromFile(file);
    } catch (error) {
      throw new UserError(
        {
          code: "kubeconfig.unreadable",
          where: file,
          what: `this kubeconfig cannot be read (${error instanceof Error ? error.message.split("\n")[0] : error})`,
          fix: "Correct the file or name another one with KUBECONFIG. Nothing was changed.",
        },
        { cause: error },
      );
    }
    if (index === 0) merged.loadFromOptions(one);
    else merged.mergeConfig(one, true);
  }
  return merged;
}

/** The kubeconfig files that kubectl would use, apart from those that do not exist. */
export function defaultKubeconfigs(env: NodeJS.ProcessEnv): string[] {
  const files = env["KUBECONFIG"]?.split(delimiter).filter(Boolean) ?? [
    join(env["HOME"] ?? homedir(), ".kube", "config"),
  ];
  return files.filter((file) => existsSync(file));
}

/** The cluster that this process itself runs in, when it runs in one. */
export function inClusterConfig(): KubeConfig | undefined {
  if (!existsSync(IN_CLUSTER_TOKEN)) return undefined;
  const config = new KubeConfig();
  config.loadFromCluster();
  return config;
}

/** Writes a kubeconfig that knows the current context alone, readable by its owner. */
export function writeCurrentContext(config: KubeConfig, path: string): void {
  const context = config.getContextObject(config.getCurrentContext());
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  const only = new KubeConfig();
  only.loadFromOptions({
    contexts: context ? [context] : [],
    clusters: cluster ? [cluster] : [],
    users: user ? [user] : [],
    currentContext: config.getCurrentContext(),
  });
  writeFileSync(path, only.exportConfig(), { mode: 0o600 });
}
