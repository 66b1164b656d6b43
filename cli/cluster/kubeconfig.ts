import { writeFileSync } from "node:fs";
import { KubeConfig } from "@kubernetes/client-node";

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
