import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { UserError } from "@homeslice/config/errors.ts";
import { KubeConfig } from "@kubernetes/client-node";
import type { ClusterChoice } from "./target.ts";

const IN_CLUSTER_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * The cluster as kubectl would find it.
 *
 * @throws UserError `kubeconfig.unreadable`, `kubeconfig.none`, `kubeconfig.context`
 */
export function clusterOf({ kubeconfig, context }: ClusterChoice, env: NodeJS.ProcessEnv = process.env): KubeConfig {
  const config = kubeconfig ? given(kubeconfig) : usual(env);
  if (context !== undefined) config.setCurrentContext(context);
  if (config.getCurrentCluster()) return config;
  throw new UserError({
    code: "kubeconfig.context",
    where: `context "${config.getCurrentContext()}"`,
    what: "the kubeconfig describes no cluster for this context",
    fix: "Name one of its contexts (kubectl config get-contexts).",
  });
}

function given(kubeconfig: string): KubeConfig {
  if (!kubeconfig.includes("\n")) return readKubeconfig([kubeconfig]);
  return loaded("the given kubeconfig", (config) => config.loadFromString(kubeconfig));
}

function usual(env: NodeJS.ProcessEnv): KubeConfig {
  const files = defaultKubeconfigs(env);
  const config = files.length > 0 ? readKubeconfig(files) : inClusterConfig();
  if (config) return config;
  throw new UserError({
    code: "kubeconfig.none",
    what: "there is no kubeconfig",
    fix: "Name one with KUBECONFIG, or put it where kubectl looks for it.",
  });
}

/** Reads the given kubeconfig files, of which the earlier win, as kubectl does. */
export function readKubeconfig(files: readonly string[]): KubeConfig {
  const merged = new KubeConfig();
  for (const [index, file] of files.entries()) {
    const one = loaded(file, (config) => config.loadFromFile(file));
    if (index === 0) merged.loadFromOptions(one);
    else merged.mergeConfig(one, true);
  }
  return merged;
}

function loaded(where: string, load: (config: KubeConfig) => void): KubeConfig {
  const config = new KubeConfig();
  try {
    load(config);
    return config;
  } catch (error) {
    throw new UserError(
      {
        code: "kubeconfig.unreadable",
        where,
        what: `this kubeconfig cannot be read (${error instanceof Error ? error.message.split("\n")[0] : error})`,
        fix: "Correct the file or name another one with KUBECONFIG. Nothing was changed.",
      },
      { cause: error },
    );
  }
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
