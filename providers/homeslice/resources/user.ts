import type { User } from "@goauthentik/api";
import { z } from "zod";
import { resource } from "../engine/definition.ts";
import { accountArgs, accountComparison, accountRequests, path } from "./accounts.ts";

/** A person who logs in. */
export const user = resource<User>()({
  type: "homeslice:authentik:User",
  noun: "user",
  args: {
    ...accountArgs,
    /** Name to show. @default "" */
    name: z.string().default(""),
    /** @default "" */
    email: z.union([z.email(), z.literal("")]).default(""),
    /** Folder that the user interface sorts the user into. @default "users" */
    path: path.default("users"),
    /** People of this organisation, or of others. @default "internal" */
    type: z.enum(["internal", "external"]).default("internal"),
    /**
     * Password. Set when it changes here; Authentik never tells it, so a change made there is not seen. Without it
     * the account has none, or keeps the one it has. The password policy does not apply to it.
     */
    password: z.string().min(1).exactOptional(),
  },
  outputs: { userId: ({ pk }) => pk, uuid: (live) => live.uuid, uid: ({ uid }) => uid },
  secrets: ["password"],
  writeOnly: ["password"],
  ...accountComparison,
  operations: (authentik) => ({
    ...accountRequests(authentik),
    create: (userRequest) => authentik.core.coreUsersCreate({ userRequest }),
    update: (id, patchedUserRequest) => authentik.core.coreUsersPartialUpdate({ id: Number(id), patchedUserRequest }),
    settle: async ({ pk: id }, { password }, changed) => {
      if (password === undefined || !changed.has("password")) return;
      await authentik.core.coreUsersSetPasswordCreate({ id, userPasswordSetRequest: { password } });
    },
  }),
});
