import type { ReputationPolicy } from "@goauthentik/api";
import { z } from "zod";
import { resource } from "../engine/definition.ts";
import { name } from "./fields.ts";

/**
 * Holds for those who have failed to log in too often of late: each failure takes one point from the score of the
 * address and name that it came from, each success adds one, and Authentik forgets both after a day. By itself it does
 * nothing: what it is bound to (see `FlowStageBinding`) happens to them alone.
 */
export const reputationPolicy = resource<ReputationPolicy>()({
  type: "homeslice:authentik:ReputationPolicy",
  noun: "reputation policy",
  args: {
    /** Unique. */
    name,
    /** Whether the scores of the address count. @default true */
    checkIp: z.boolean().default(true),
    /** Whether the scores of the name count. @default true */
    checkUsername: z.boolean().default(true),
    /** Holds for scores of this and below. @default -5 */
    threshold: z.int().default(-5),
  },
  outputs: {},
  key: (args) => args.name,
  id: ({ pk }) => pk,
  operations: ({ policies }) => ({
    find: async (key) => (await policies.policiesReputationList({ name: key })).results,
    get: (policyUuid) => policies.policiesReputationRetrieve({ policyUuid }),
    create: (reputationPolicyRequest) => policies.policiesReputationCreate({ reputationPolicyRequest }),
    update: (policyUuid, patchedReputationPolicyRequest) =>
      policies.policiesReputationPartialUpdate({ policyUuid, patchedReputationPolicyRequest }),
    delete: (policyUuid) => policies.policiesReputationDestroy({ policyUuid }),
  }),
});
