import { Authentik, type Environment, type PostgreSQL, SignOn } from "@homeslice/components";
import type { Config } from "@homeslice/config";
import type { Output } from "@pulumi/pulumi";

/** Authentik and, where it is wanted, what the services want of it; undefined as long as logins are not kept here. */
export function createSignOn(
  config: Config,
  environment: Environment,
  postgresql: PostgreSQL,
  certificateAuthority: Output<string> | undefined,
): SignOn | undefined {
  const { api, passwordLength, signOn } = config.authentik;
  const database = postgresql.database("authentik");
  const authentik = new Authentik("authentik", { ...config.authentik, database }, environment).link();
  if (!authentik || !signOn) return undefined;
  return new SignOn("sso", { authentik, api, passwordLength, certificateAuthority }, environment);
}
