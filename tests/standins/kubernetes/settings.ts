import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Values } from "@homeslice/plugin/values.ts";
import { z } from "zod";
import { KubeClient } from "../../testbed/client.ts";

const flag = z.stringbool().default(false);

/** The provider inputs that the stand-in knows; any other is refused rather than ignored. */
const settingsSchema = z.strictObject({
  /** Content or path. @default $KUBECONFIG, or ~/.kube/config */
  kubeconfig: z.string().optional(),
  context: z.string().optional(),
  namespace: z.string().optional(),
  clusterIdentifier: z.string().optional(),
  enableServerSideApply: z.stringbool().default(true),
  enableConfigMapMutable: flag,
  enableSecretMutable: flag,
  enablePatchForce: flag,
  upsertExistingObjects: flag,
  /** Nothing to suppress: the stand-in warns of nothing but what the API server warns of. */
  suppressDeprecationWarnings: flag,
});

export type Settings = z.infer<typeof settingsSchema>;

export function parseSettings(config: Values): Settings {
  const { version: _, pluginDownloadURL: __, ...rest } = config; // the engine's own
  const settings = settingsSchema.safeParse(rest);
  if (!settings.success) throw new Error(`provider configuration: ${z.prettifyError(settings.error)}`);
  if (!settings.data.enableServerSideApply) throw new Error("the stand-in applies on the server's side only");
  return settings.data;
}

export function connect({ kubeconfig, context }: Pick<Settings, "kubeconfig" | "context">): KubeClient {
  return KubeClient.fromKubeconfig(kubeconfigText(kubeconfig), context);
}

function kubeconfigText(given: string | undefined): string {
  if (given && /\n|^\s*\{/.test(given)) return given;
  return readFileSync(given || process.env["KUBECONFIG"] || join(homedir(), ".kube/config"), "utf8");
}
