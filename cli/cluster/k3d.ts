import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Config, UserError } from "@homeslice/config";
import { which } from "../engine/index.ts";

const ANSWER_TIMEOUT_MS = 10_000;

/** The name of the local cluster that a stack has for itself. */
export function k3dName(stack: string, cluster: Pick<Config["cluster"], "k3d">): string {
  return cluster.k3d ?? `homeslice-${stack.toLowerCase().replace(/[^a-z0-9-]/g, "-")}`;
}

/**
 * Makes sure that a local cluster can be created here; the program creates it, through `@pulumi/command`.
 *
 * @throws UserError `k3d.missing` with all that is missing
 */
export async function requireK3d(env: NodeJS.ProcessEnv): Promise<void> {
  const missing = ["docker", "k3d"].filter((program) => !which(program, env)).map((name) => `${name} is not on PATH`);
  if (which("docker", env) && !(await answers("docker", ["info"], env))) missing.unshift("no Docker engine is running");
  if (missing.length === 0) return;
  throw new UserError({
    code: "k3d.missing",
    where: "--cluster k3d",
    what: `a local cluster needs Docker and k3d, but ${missing.join(", and ")}`,
    fix: "Install or start what is missing (https://k3d.io), or use an existing cluster: kubectl config use-context NAME, --context NAME or KUBECONFIG. Nothing was changed.",
  });
}

async function answers(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    await promisify(execFile)(program, args, { env, timeout: ANSWER_TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}
