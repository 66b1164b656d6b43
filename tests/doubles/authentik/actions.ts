import { randomBytes } from "node:crypto";
import { me } from "./accounts.ts";
import type { Json, JsonObject } from "./json.ts";
import { strings } from "./json.ts";
import { outpostConfig } from "./outposts.ts";
import { invalid, notFound } from "./refusal.ts";
import type { Store } from "./store.ts";

/** A request as the actions see it: validated against the description of the API. */
export interface ActionCall {
  readonly store: Store;
  /** Values of the placeholders in the path. */
  readonly values: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** The account that the token of the request belongs to. */
  readonly owner: JsonObject;
}

type Action = (call: ActionCall) => Json;

const keyTypes: Readonly<Record<string, string>> = { rsa: "rsa", ecdsa: "ec", ed25519: "ed25519", ed448: "ed448" };

/** Passwords that were set, for assertions: Authentik tells nobody. */
export const passwords = new WeakMap<Store, Map<string, string>>();

/** Operations that are none of create, read, update, delete and list; what returns null answers with nothing. */
export const actions: Readonly<Record<string, Action>> = {
  core_users_me_retrieve: ({ owner }) => me(owner),
  core_users_set_password_create: ({ store, values: { id = "" }, body }) => {
    store.get("/core/users/", id);
    const known = passwords.get(store) ?? new Map<string, string>();
    passwords.set(store, known.set(id, String(body["password"])));
    return null;
  },
  core_users_service_account_create: ({ store, body: { name, create_group: withGroup } }) => {
    const username = String(name);
    const type = "service_account";
    const path = "goauthentik.io/service-accounts";
    const { pk = 0, uid = "" } = store.create("/core/users/", { username, name: username, type, path });
    const group =
      withGroup === true
        ? { group_pk: store.create("/core/groups/", { name: username, users: [pk] })["pk"] ?? null }
        : {};
    const password = { identifier: `service-account-${username}-password`, user: pk, intent: "app_password" };
    store.create("/core/tokens/", password);
    return { username, token: randomBytes(30).toString("hex"), user_uid: uid, user_pk: pk, ...group };
  },
  core_tokens_view_key_retrieve: ({ store, values: { identifier } }) => ({
    key: kept(store, "/core/tokens/", "identifier", identifier)["key"] ?? "",
  }),
  core_tokens_set_key_create: ({ store, values: { identifier }, body: { key = "" } }) => {
    kept(store, "/core/tokens/", "identifier", identifier)["key"] = key;
    return null;
  },
  crypto_certificatekeypairs_generate_create: ({ store, body }) => {
    const { common_name: name = "", alg = "rsa", validity_days: days } = body;
    const expiry = new Date(Date.now() + Number(days) * 86_400_000).toISOString();
    return store.create("/crypto/certificatekeypairs/", {
      name,
      key_type: keyTypes[String(alg)] ?? "rsa",
      cert_expiry: expiry,
      cert_subject: `CN=${String(name)}`,
      fingerprint_sha256: randomBytes(32).toString("hex"),
    });
  },
  outposts_instances_default_settings_retrieve: () => ({ config: outpostConfig }),
  rbac_permissions_list: ({ store, query }) => {
    const role = query.get("role");
    const granted = role === null ? [] : strings(kept(store, "/rbac/roles/", "pk", role)["permissions"]);
    const results = granted.map((permission, id) => {
      const [app = "", codename = ""] = permission.split(".");
      const model = codename.replace(/^[a-z]+_/, "");
      return { id, name: codename, codename, model, app_label: app, app_label_verbose: app, model_verbose: model };
    });
    const pagination = {
      next: 0,
      previous: 0,
      count: results.length,
      current: 1,
      total_pages: 1,
      start_index: 1,
      end_index: results.length,
    };
    return { pagination, results, autocomplete: {} };
  },
  rbac_permissions_assigned_by_roles_assign: ({ store, values: { uuid }, body }) => {
    const role = kept(store, "/rbac/roles/", "pk", uuid);
    const wanted = strings(body["permissions"]);
    const strange = wanted.filter((permission) => !/^authentik_\w+\.(view|add|change|delete)_\w+$/.test(permission));
    if (strange.length > 0)
      throw invalid({ permissions: strange.map((permission) => `Permission ${permission} does not exist.`) });
    role["permissions"] = [...new Set([...strings(role["permissions"]), ...wanted])];
    return wanted.map((_permission, id) => ({ id: String(id) }));
  },
  rbac_permissions_assigned_by_roles_unassign_partial_update: ({ store, values: { uuid }, body }) => {
    const role = kept(store, "/rbac/roles/", "pk", uuid);
    role["permissions"] = strings(role["permissions"]).filter(
      (permission) => !strings(body["permissions"]).includes(permission),
    );
    return null;
  },
  stages_all_list: ({ store, query }) => {
    const stages = store
      .all("/stages/prompt/stages/")
      .filter(({ name }) => !query.has("name") || name === query.get("name"));
    const pagination = {
      next: 0,
      previous: 0,
      count: stages.length,
      current: 1,
      total_pages: 1,
      start_index: 1,
      end_index: stages.length,
    };
    return { pagination, results: stages, autocomplete: {} };
  },
};

function kept(store: Store, path: string, property: string, value: string | undefined): JsonObject {
  const found = store.find(path, property, value);
  if (!found) throw notFound();
  return found;
}
