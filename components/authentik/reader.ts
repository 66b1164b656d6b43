import * as authentik from "@homeslice/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { Link } from "../kit/index.ts";

/** Access to what a home page shows of Authentik. */
export type ReaderLink = Link<never, "token">;

/** The token of an account for a program, with no more rights than to count people and logins. */
export function reader(label: string, user: string, options: pulumi.CustomResourceOptions): authentik.Token {
  const name = `homeslice-${user}`;
  const permissions = ["authentik_core.view_user", "authentik_events.view_event"];
  const role = new authentik.Role(`${label}-role`, { name, permissions }, options);
  const account = new authentik.ServiceAccount(`${label}-account`, { username: name, roles: [role.id] }, options);
  return new authentik.Token(`${label}-api-token`, { identifier: name, user: account.userId }, options);
}
