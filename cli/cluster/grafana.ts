import { type Config, loadConfig } from "@homeslice/config";
import { reachGrafana } from "@homeslice/stacks";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import type { EngineCommand } from "./engineCommand.ts";
import type { ClusterChoice } from "./prepare.ts";
import type { StackFile } from "./stackFile.ts";
import { exportState } from "./state.ts";

/** How the engine gets at the contents of Grafana while it works. */
export interface GrafanaAccess {
  /** Patterns of what a refresh has to leave out: as long as Grafana does not answer, nothing can be said of its contents. */
  leftOut(): Promise<string[]>;
  close(): Promise<void>;
}

/** The resources that are in Grafana. */
const CONTENTS = "**$grafana:oss/**";

const nothing: GrafanaAccess = { leftOut: async () => [], close: async () => undefined };

/** What the choice of the way depends on. */
interface Surroundings {
  readonly stack: Stack;
  readonly command: EngineCommand;
  readonly file: StackFile;
  readonly cluster: ClusterChoice;
  readonly say: (line: string) => void;
}

/**
 * Opens the way to Grafana where the stack has contents in it, or is to get them.
 *
 * @throws UserError `grafana.port-taken`
 */
export async function openGrafana({ stack, command, file, cluster, say }: Surroundings): Promise<GrafanaAccess> {
  const config = loadConfig(file.stack, file.content.config ?? {});
  if (!config.grafana.enabled && !(await holdsContents(stack, command))) return nothing;
  const way = await reachGrafana({ ...config, cluster: reachable(cluster, config.cluster) });
  if (!way) return nothing;
  return {
    leftOut: async () => {
      if (await way.leads()) return [];
      say("Grafana does not answer: what is in it is left out of this refresh");
      return [CONTENTS];
    },
    close: () => way.close(),
  };
}

/** The cluster of this run, as this process finds it. */
function reachable({ settings, env }: ClusterChoice, configured: Config["cluster"]): Config["cluster"] {
  const kubeconfig = env["KUBECONFIG"];
  return { ...settings(configured), ...(kubeconfig && { kubeconfig }) };
}

async function holdsContents(stack: Stack, command: EngineCommand): Promise<boolean> {
  const { deployment } = await exportState(stack, command);
  return deployment.resources.some(({ type }) => type.startsWith("grafana:oss/"));
}
