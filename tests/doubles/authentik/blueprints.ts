import type { JsonObject } from "./json.ts";
import { outpostConfig } from "./outposts.ts";
import type { Store } from "./store.ts";

const flows: Readonly<Record<string, string>> = {
  "default-authentication-flow": "authentication",
  "default-invalidation-flow": "invalidation",
  "default-password-change": "stage_configuration",
  "default-provider-authorization-explicit-consent": "authorization",
  "default-provider-authorization-implicit-consent": "authorization",
  "default-provider-invalidation-flow": "invalidation",
  "default-user-settings-flow": "stage_configuration",
};

const oauthScopes = ["openid", "email", "profile", "entitlements", "offline_access", "authentik_api"];

/** What the worker makes on the first start, long after the server says that it is ready. */
export function applyBlueprints(store: Store): void {
  for (const [slug, designation] of Object.entries(flows)) {
    store.create("/flows/instances/", { slug, name: slug, title: slug, designation });
  }
  for (const scope of oauthScopes) scopeMapping(store, `oauth2/scope-${scope}`, scope);
  scopeMapping(store, "proxy/scope-proxy", "ak_proxy");
  store.create("/crypto/certificatekeypairs/", { name: "authentik Self-signed Certificate" });
  store.create("/stages/prompt/stages/", { name: "default-password-change-prompt" });
  store.create("/core/brands/", brand(store));
  store.create("/outposts/instances/", {
    name: "authentik Embedded Outpost",
    type: "proxy",
    managed: "goauthentik.io/outposts/embedded",
    providers: [],
    config: outpostConfig,
  });
}

function scopeMapping(store: Store, managed: string, scope: string): void {
  store.create("/propertymappings/provider/scope/", {
    managed: `goauthentik.io/providers/${managed}`,
    name: `authentik default ${managed}`,
    expression: "return {}",
    scope_name: scope,
  });
}

function brand(store: Store): JsonObject {
  const flow = (slug: string) => store.find("/flows/instances/", "slug", slug)?.["pk"] ?? null;
  return {
    domain: "authentik-default",
    default: true,
    flow_authentication: flow("default-authentication-flow"),
    flow_invalidation: flow("default-invalidation-flow"),
    flow_user_settings: flow("default-user-settings-flow"),
  };
}

/** The administrator, and the token from AUTHENTIK_BOOTSTRAP_TOKEN. */
export function bootstrap(store: Store, token: string): void {
  const admins = store.create("/core/groups/", { name: "authentik Admins", is_superuser: true });
  const admin = store.create("/core/users/", { username: "akadmin", name: "authentik Default Admin" });
  store.each("/core/users/", (user) => {
    if (user["username"] === "akadmin") user["groups"] = [admins["pk"] ?? null];
  });
  store.create("/core/tokens/", {
    identifier: "authentik-bootstrap-token",
    user: admin["pk"] ?? null,
    expiring: false,
  });
  store.each("/core/tokens/", (object) => {
    if (object["identifier"] === "authentik-bootstrap-token") object["key"] = token;
  });
}
