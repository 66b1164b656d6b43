import { type Config, UserError } from "@homeslice/config";
import { which } from "../engine/index.ts";

/** The name of the local cluster that a stack has for itself. */
export function k3dName(stack: string, cluster: Config["cluster"]): string {
  return cluster.k3d ?? `homeslice-${stack.toLowerCase().replace(/[^a-z0-9-]/g, "-")}`;
}

/**
 * Makes sure that a local cluster can be created here; the program creates it, through `@pulumi/command`.
 *
 * @throws UserError `k3d.missing` with all that is missing
 */
export function requireK3d(env: NodeJS.ProcessEnv): void {
  const missing = ["docker", "k3d"].filter((program) => !which(program, env));
  if (missing.length === 0) return;
  throw new UserError({
    code: "k3d.missing",
    where: "--cluster k3d",
    what: `a local cluster needs Docker and k3d, and PATH has no ${missing.join(" and no ")}`,
    fix: "Install what is missing (https://k3d.io), or use an existing cluster: kubectl config use-context NAME, --context NAME or KUBECONFIG. Nothing was changed.",
  });
}
