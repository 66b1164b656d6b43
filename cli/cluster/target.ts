import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Config, UserError } from "@homeslice/config";
import { defaultKubeconfigs, inClusterConfig, readKubeconfig } from "@homeslice/tunnel/kubeconfig.ts";
import type { KubeConfig } from "@kubernetes/client-node";
import { closest } from "fastest-levenshtein";

/** The name that the testbed gives to its cluster, context and user. */
const TESTBED = "homeslice-testbed";

/** The cluster that a run works on. */
export interface Target {
  /** Its current context is the chosen one. */
  readonly kubeconfig: KubeConfig;
  readonly context: string;
  /** Address of the API server. */
  readonly server: string;
  /** Whether it is the control plane of the tests, where the stand-ins of provider plugins may be used. */
  readonly testbed: boolean;
}

/** What the choice of the cluster depends on. */
export interface TargetChoice {
  /** `--context` */
  readonly context?: string | undefined;
  readonly cluster: Partial<Config["cluster"]>;
  readonly env: NodeJS.ProcessEnv;
  readonly cache: string;
  readonly say: (line: string) => void;
}

/**
 * Chooses the cluster: what the command line, the configuration or KUBECONFIG name; else the testbed while it is up;
 * else the current context of the user's kubeconfig, or the cluster that this process runs in.
 *
 * @throws UserError `cluster.none`, `cluster.context`, `kubeconfig.unreadable`
 */
export function chooseTarget(choice: TargetChoice): Target {
  const { kubeconfig: file, context } = choice.cluster;
  const named = choice.context ?? context;
  const testbed = testbedKubeconfig(choice.cache);
  if (testbed && !file && !named && !choice.env["KUBECONFIG"]) {
    choice.say("the testbed is up and no other cluster is named: using the testbed");
    return targetOf(readKubeconfig([testbed]), undefined);
  }
  const files = file ? [file] : defaultKubeconfigs(choice.env);
  const kubeconfig = files.length > 0 ? readKubeconfig(files) : inClusterConfig();
  if (!kubeconfig) throw noCluster("there is no kubeconfig");
  return targetOf(kubeconfig, named);
}

/** The testbed's kubeconfig exists only while it is up. */
function testbedKubeconfig(cache: string): string | undefined {
  const path = join(cache, "testbed", "run", "kubeconfig");
  return existsSync(path) ? path : undefined;
}

function targetOf(kubeconfig: KubeConfig, named: string | undefined): Target {
  const contexts = kubeconfig.getContexts().map(({ name }) => name);
  const context = named ?? kubeconfig.getCurrentContext();
  if (!context) throw noCluster("the kubeconfig has no current context");
  if (!contexts.includes(context)) throw unknownContext(context, contexts);
  kubeconfig.setCurrentContext(context);
  const cluster = kubeconfig.getCurrentCluster();
  if (!cluster) throw noCluster(`context "${context}" names a cluster that the kubeconfig does not describe`);
  const local = new URL(cluster.server).hostname === "127.0.0.1";
  return { kubeconfig, context, server: cluster.server, testbed: local && cluster.name === TESTBED };
}

function unknownContext(context: string, contexts: readonly string[]): UserError {
  const known = contexts.length > 0 ? `it has ${contexts.join(", ")}` : "it has none";
  const near = contexts.length > 0 ? ` Did you mean "${closest(context, [...contexts])}"?` : "";
  return new UserError({
    code: "cluster.context",
    where: `context "${context}"`,
    what: `the kubeconfig has no such context (${known}).${near}`,
    fix: "Name one of them with --context. Nothing was changed.",
  });
}

function noCluster(reason: string): UserError {
  return new UserError({
    code: "cluster.none",
    what: `no Kubernetes cluster to work on: ${reason}, and no local cluster was asked for`,
    fix: "Choose a context (kubectl config use-context NAME, --context NAME or KUBECONFIG), or create a local cluster with --cluster k3d (needs Docker and k3d). Nothing was changed.",
  });
}
