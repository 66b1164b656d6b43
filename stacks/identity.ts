import { Authentik, type Environment, type OrchestratorLogin, type PostgreSQL, SignOn } from "@homeslice/components";
import type { Config } from "@homeslice/config";
import type { Output } from "@pulumi/pulumi";
import type { Edge } from "./edge.ts";

/** How the orchestrator logs people in; undefined where there is no sign-on, or no edge that would lead to it. */
export function orchestratorLogin(
  environment: Environment,
  signOn: SignOn | undefined,
  { entrance, outputs: { certificateAuthority } }: Edge,
): OrchestratorLogin | undefined {
  if (!signOn || !entrance) return undefined;
  const { address: edgeAddress, peer, port } = entrance;
  const link = { ...signOn.login("orchestrator"), peer, port };
  return { link, edgeAddress, host: environment.host("authentik"), certificateAuthority };
}

/** Authentik and, where it is wanted, what the services want of it; undefined as long as logins are not kept here. */
export function createSignOn(
  config: Config,
  environment: Environment,
  postgresql: PostgreSQL,
  certificateAuthority: Output<string> | undefined,
): SignOn | undefined {
  const { api, failedLogins, passwordLength, signOn } = config.authentik;
  const database = postgresql.database("authentik");
  const authentik = new Authentik("authentik", { ...config.authentik, database }, environment).link();
  if (!authentik || !signOn) return undefined;
  return new SignOn("sso", { authentik, api, failedLogins, passwordLength, certificateAuthority }, environment);
}
