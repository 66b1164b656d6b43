import { type Config, roles } from "@homeslice/config";
import type * as pulumi from "@pulumi/pulumi";
import type { Link } from "../kit/index.ts";

/** How the orchestrator logs people in by OpenID Connect. It asks the issuer where browsers do: at the edge. */
export interface OrchestratorLogin {
  /** The client and its secret; its pods are those of the edge. */
  readonly link: Link<"issuer" | "clientId", "clientSecret">;
  /** Host name of the issuer. */
  readonly host: string;
  /** Address of the edge inside the cluster, so that the login needs no public name there. */
  readonly edgeAddress: pulumi.Output<string | undefined>;
  /** PEM of the authority to trust, where the platform has one of its own. */
  readonly certificateAuthority?: pulumi.Output<string> | undefined;
}

/** Environment variables with what only the link knows. */
export const LOGIN_SETTINGS = { issuer: "HOMESLICE_OIDC_ISSUER", clientId: "HOMESLICE_OIDC_CLIENT_ID" } as const;
export const LOGIN_FILES = { clientSecret: "HOMESLICE_OIDC_CLIENT_SECRET_FILE" } as const;

/** Whom it takes people for, by their groups, as it reads it: of several roles of a group, the strongest counts. */
export function groupRoles({ roles: groups, services }: Config["access"], service: string): string {
  const grants = roles.flatMap((role) => groups[role].map((group) => [group, { tenant: "default", role }] as const));
  const guests = (services[service] ?? []).map((group) => [group, { tenant: "default", role: "viewer" }] as const);
  return JSON.stringify(Object.fromEntries([...guests, ...grants]));
}

/** What makes the pod find the edge under the issuer's name; nothing as long as the address is not known. */
export function hostAliases({ edgeAddress, host }: OrchestratorLogin) {
  return { hostAliases: edgeAddress.apply((ip) => (ip ? [{ ip, hostnames: [host] }] : [])) };
}
