import type { Group } from "@goauthentik/api";
import { z } from "zod";
import { resource } from "../engine/definition.ts";
import { attributes, name, uuids } from "./fields.ts";

/** A group of users. */
export const group = resource<Group>()({
  type: "homeslice:authentik:Group",
  noun: "group",
  args: {
    /** Unique; the `groups` claim carries it. */
    name,
    /** Whether its members may do everything. @default false */
    isSuperuser: z.boolean().default(false),
    /** Groups that its members belong to as well. @default none */
    parents: uuids,
    /** Ids of its direct members, when this group is to decide on them rather than the users. */
    users: z.array(z.int()).exactOptional(),
    /** Roles of its members. @default none */
    roles: uuids,
    /** Free attributes; keys that are not given here are left alone. @default none */
    attributes,
  },
  outputs: { numericId: ({ numPk }) => numPk },
  sets: ["parents", "users", "roles"],
  merged: ["attributes"],
  key: (args) => args.name,
  id: ({ pk }) => pk,
  operations: ({ core }) => ({
    find: async (key) => (await core.coreGroupsList({ name: key, includeUsers: true })).results,
    get: (groupUuid) => core.coreGroupsRetrieve({ groupUuid }),
    create: (groupRequest) => core.coreGroupsCreate({ groupRequest }),
    update: (groupUuid, patchedGroupRequest) => core.coreGroupsPartialUpdate({ groupUuid, patchedGroupRequest }),
    delete: (groupUuid) => core.coreGroupsDestroy({ groupUuid }),
  }),
});
