import type { Config } from "@homeslice/config";
import type { Link } from "../kit/index.ts";
import type { Ini } from "./ini.ts";

/**
 * How Grafana logs people in by OpenID Connect: the addresses of the issuer, and the client with its secret. The first
 * is for browsers, the next two for Grafana itself, the last ends the session.
 */
export type GrafanaLogin = Link<
  "authorizeUrl" | "tokenUrl" | "userinfoUrl" | "endSessionUrl" | "clientId",
  "clientSecret"
>;

/** Environment variables with what only the link knows. */
export const LOGIN_SETTINGS = {
  authorizeUrl: "LOGIN_AUTHORIZE_URL",
  tokenUrl: "LOGIN_EXCHANGE_URL",
  userinfoUrl: "LOGIN_USERINFO_URL",
  endSessionUrl: "LOGIN_END_SESSION_URL",
  clientId: "LOGIN_CLIENT_ID",
} as const;
export const LOGIN_FILES = { clientSecret: "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET__FILE" } as const;

/** The settings of the login. The form with name and password stays behind it: `/login?disableAutoLogin`. */
export function loginIni({ admin, approver, operator }: Config["access"]["roles"]): Ini {
  const from = (variable: string) => `$__env{${variable}}`;
  return {
    auth: { signout_redirect_url: from(LOGIN_SETTINGS.endSessionUrl) },
    "auth.generic_oauth": {
      enabled: true,
      auto_login: true,
      name: "Authentik",
      client_id: from(LOGIN_SETTINGS.clientId),
      scopes: "openid profile email offline_access",
      auth_url: from(LOGIN_SETTINGS.authorizeUrl),
      token_url: from(LOGIN_SETTINGS.tokenUrl),
      api_url: from(LOGIN_SETTINGS.userinfoUrl),
      use_pkce: true,
      use_refresh_token: true,
      login_attribute_path: "preferred_username",
      email_attribute_path: "email",
      role_attribute_path: `${memberOf(admin)} && 'Admin' || ${memberOf([...approver, ...operator])} && 'Editor' || 'Viewer'`,
    },
  };
}

/** A condition in JMESPath: whether somebody is in one of the groups. */
function memberOf(groups: readonly string[]): string {
  const conditions = groups.map((group) => `contains(groups[*], '${group.replaceAll(/['\\]/g, "\\$&")}')`);
  return `(${conditions.join(" || ")})`;
}
