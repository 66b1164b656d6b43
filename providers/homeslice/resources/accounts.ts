import type { User } from "@goauthentik/api";
import { z } from "zod";
import type { Authentik } from "../authentik/authentik.ts";
import type { Operations } from "../engine/definition.ts";
import { attributes, name, uuids } from "./fields.ts";

/** Arguments that people and service accounts have in common. */
export const accountArgs = {
  /** Unique; up to 150 letters, digits and `@ . + - _`. */
  username: name.max(150).regex(/^[\w.@+-]+$/, { error: "may hold letters, digits and @ . + - _ only" }),
  /** Whether the account can be used. @default true */
  isActive: z.boolean().default(true),
  /** Groups that the account is a direct member of. @default none */
  groups: uuids,
  /** Roles that the account has by itself. @default none */
  roles: uuids,
  /** Free attributes; keys that are not given here are left alone. @default none */
  attributes,
};

/** Folder of accounts, without a slash at its ends. */
export const path = z
  .string()
  .regex(/^[^/]+(\/[^/]+)*$/, { error: "must not begin or end with a slash, or hold two in a row" });

/** How arguments of accounts compare. */
export const accountComparison = {
  sets: ["groups", "roles"],
  merged: ["attributes"],
  key: ({ username }: { username: string }) => username,
  id: ({ pk }: User) => String(pk),
  idForm: /^\d+$/,
} as const;

/** Reads and deletes accounts. */
export function accountRequests({ core }: Authentik): Pick<Operations<unknown, User>, "find" | "get" | "delete"> {
  return {
    find: async (username) => (await core.coreUsersList({ username })).results,
    get: (id) => core.coreUsersRetrieve({ id: Number(id) }),
    delete: (id) => core.coreUsersDestroy({ id: Number(id) }),
  };
}
