import { randomBytes, randomUUID } from "node:crypto";
import { type JsonObject, strings } from "./json.ts";
import { invalid } from "./refusal.ts";
import { type Model, type Store, uuidKey } from "./store.ts";

const DEFAULT_TOKEN_MS = 30 * 60_000;

const user: Model = {
  path: "/core/users/",
  schema: "User",
  lookup: "pk",
  keys: (number) => ({ pk: number, uuid: randomUUID(), uid: randomBytes(32).toString("hex"), avatar: "data:," }),
  unique: ["username"],
  emptiedByPut: ["groups", "roles"],
  references: { groups: ["/core/groups/"], roles: ["/rbac/roles/"] },
  defaults: () => ({
    is_active: true,
    last_login: null,
    groups: [],
    roles: [],
    email: "",
    attributes: {},
    path: "users",
    type: "internal",
  }),
  save: (asked) => {
    if (asked["type"] === "internal_service_account")
      throw invalid({ type: ["Can't change internal service account to other user type."] });
    const segments = String(asked["path"]).split("/");
    if (segments.includes("")) throw invalid({ path: ["No empty segments in user path allowed."] });
    return asked;
  },
  shown: ({ groups }, store) => ({
    is_superuser: strings(groups).some((pk) => store.find("/core/groups/", "pk", pk)?.["is_superuser"] === true),
  }),
  deleted: ({ pk }, store) => {
    for (const { identifier } of store.all("/core/tokens/").filter((token) => token["user"] === pk)) {
      store.delete("/core/tokens/", String(identifier));
    }
  },
};

/** Membership is one relation: kept with the user, told by both. */
const group: Model = {
  path: "/core/groups/",
  schema: "Group",
  lookup: "pk",
  keys: (number) => ({ ...uuidKey(), num_pk: number }),
  unique: ["name"],
  emptiedByPut: ["users", "parents"],
  references: { users: ["/core/users/"], parents: ["/core/groups/"], roles: ["/rbac/roles/"] },
  defaults: () => ({ is_superuser: false, parents: [], roles: [], attributes: {} }),
  save: ({ users, ...rest }, store) => {
    if (Array.isArray(users)) setMembers(String(rest["pk"]), users.map(String), store);
    return rest;
  },
  shown: ({ pk }, store) => {
    return {
      users: store
        .all("/core/users/")
        .filter(({ groups }) => strings(groups).includes(String(pk)))
        .map((member) => member["pk"] ?? null),
    };
  },
  deleted: ({ pk }, store) => {
    setMembers(String(pk), [], store);
    for (const binding of store.all("/policies/bindings/").filter((candidate) => candidate["group"] === pk)) {
      store.delete("/policies/bindings/", String(binding["pk"]));
    }
  },
};

/** Makes these users, and no others, members of the group. */
export function setMembers(group: string, members: readonly string[], store: Store): void {
  store.each("/core/users/", (member) => {
    const others = strings(member["groups"]).filter((other) => other !== group);
    member["groups"] = members.includes(String(member["pk"])) ? [...others, group] : others;
  });
}

const token: Model = {
  path: "/core/tokens/",
  schema: "Token",
  lookup: "identifier",
  keys: () => ({ ...uuidKey(), key: randomBytes(30).toString("hex") }),
  unique: ["identifier"],
  hidden: ["key"],
  references: { user: ["/core/users/"] },
  defaults: () => ({ managed: null, intent: "api", description: "", expiring: true, expires: null }),
  save: (asked, _store, before) => {
    if (before && before["user"] !== asked["user"]) throw invalid({ user: ["The user of a token cannot be changed."] });
    if (asked["intent"] !== "api" && asked["intent"] !== "app_password")
      throw invalid({ intent: [`Invalid intent ${asked["intent"]}`] });
    if (asked["intent"] !== "api") return asked;
    return { ...asked, expires: new Date(Date.now() + DEFAULT_TOKEN_MS).toISOString() }; // whatever was asked for
  },
  shown: ({ user: owner }, store) => ({ user_obj: store.all("/core/users/").find(({ pk }) => pk === owner) ?? {} }),
};

const role: Model = {
  path: "/rbac/roles/",
  schema: "Role",
  lookup: "pk",
  keys: uuidKey,
  unique: ["name"],
  hidden: ["permissions"],
  defaults: () => ({ permissions: [] }),
};

export const accountModels: readonly Model[] = [user, group, token, role];

/** The answer about the account that a token belongs to. */
export function me(owner: JsonObject): JsonObject {
  const { pk = 0, username = "", name = "", uid = "", is_superuser: isSuperuser = false } = owner;
  const self = {
    pk,
    username,
    name,
    uid,
    is_superuser: isSuperuser,
    is_active: true,
    is_current: true,
    avatar: "data:,",
    groups: [],
    roles: [],
    settings: {},
    system_permissions: [],
  };
  return { user: self, users: [] };
}
