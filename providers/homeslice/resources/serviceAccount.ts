import type { User } from "@goauthentik/api";
import { z } from "zod";
import { resource } from "../engine/definition.ts";
import { accountArgs, accountComparison, accountRequests, path } from "./accounts.ts";

/**
 * An account for a program; give it a `Token`. It is created as a user of that type rather than by the endpoint for
 * service accounts, which would leave an app password behind that nobody asked for.
 */
export const serviceAccount = resource<User>()({
  type: "homeslice:authentik:ServiceAccount",
  noun: "service account",
  args: {
    ...accountArgs,
    /** Name to show. @default "" */
    name: z.string().default(""),
    /** Folder that the user interface sorts the account into. @default "goauthentik.io/service-accounts" */
    path: path.default("goauthentik.io/service-accounts"),
  },
  outputs: { userId: ({ pk }) => pk, uuid: (live) => live.uuid, uid: ({ uid }) => uid },
  ...accountComparison,
  operations: (authentik) => ({
    ...accountRequests(authentik),
    create: (args) => authentik.core.coreUsersCreate({ userRequest: { ...args, type: "service_account" } }),
    update: (id, patchedUserRequest) => authentik.core.coreUsersPartialUpdate({ id: Number(id), patchedUserRequest }),
  }),
});
