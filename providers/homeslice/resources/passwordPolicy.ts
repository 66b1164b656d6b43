import type { PasswordPolicy } from "@goauthentik/api";
import { z } from "zod";
import type { Authentik } from "../authentik/authentik.ts";
import { allPages } from "../authentik/pages.ts";
import { resource } from "../engine/definition.ts";
import { name, uuid } from "./fields.ts";

type BoundPolicy = PasswordPolicy & { readonly promptStages: readonly string[] };

const count = z.int().min(0).default(0);

/** What passwords must be like, and the prompts at which that is checked. It does nothing without one. */
export const passwordPolicy = resource<BoundPolicy>()({
  type: "homeslice:authentik:PasswordPolicy",
  noun: "password policy",
  args: {
    /** Unique. */
    name,
    /** Prompt stages that check new passwords by it, see `getStage`. */
    promptStages: z.array(uuid).min(1),
    /** Field of the prompt that holds the password. @default "password" */
    passwordField: name.default("password"),
    /** Shortest length, in characters. @default 12 */
    lengthMin: z.int().min(0).default(12),
    /** @default 0 */
    amountDigits: count,
    /** @default 0 */
    amountUppercase: count,
    /** @default 0 */
    amountLowercase: count,
    /** @default 0 */
    amountSymbols: count,
    /** What the user reads when the password is refused. */
    errorMessage: name.default("The password does not fulfil the rules."),
    /** Whether passwords known from break-ins are refused; asks haveibeenpwned.com. @default false */
    checkHaveIBeenPwned: z.boolean().default(false),
    /** How often a password may occur there. @default 0 */
    hibpAllowedCount: count,
    /** Whether passwords that are easy to guess are refused. @default true */
    checkZxcvbn: z.boolean().default(true),
    /** Passwords of this score (0 to 4) or lower are refused. @default 2 */
    zxcvbnScoreThreshold: z.int().min(0).max(4).default(2),
  },
  outputs: {},
  sets: ["promptStages"],
  key: (args) => args.name,
  id: ({ pk }) => pk,
  operations: (authentik) => {
    const { policies } = authentik;
    const bound = async (live: PasswordPolicy) => ({ ...live, promptStages: await stagesOf(authentik, live.pk) });
    return {
      find: async (key) => Promise.all((await policies.policiesPasswordList({ name: key })).results.map(bound)),
      get: async (policyUuid) => bound(await policies.policiesPasswordRetrieve({ policyUuid })),
      create: async (args) => {
        const passwordPolicyRequest = { ...args, checkStaticRules: true };
        return { ...(await policies.policiesPasswordCreate({ passwordPolicyRequest })), promptStages: [] };
      },
      update: async (policyUuid, patchedPasswordPolicyRequest) =>
        bound(await policies.policiesPasswordPartialUpdate({ policyUuid, patchedPasswordPolicyRequest })),
      delete: (policyUuid) => policies.policiesPasswordDestroy({ policyUuid }),
      settle: ({ pk }, { promptStages }) => bind(authentik, pk, promptStages),
    };
  },
});

async function stagesOf({ stages }: Authentik, policy: string): Promise<string[]> {
  const all = await allPages((page) => stages.stagesPromptStagesList({ validationPolicies: [policy], ...page }));
  return all.map(({ pk }) => pk);
}

async function bind(authentik: Authentik, policy: string, wanted: readonly string[]): Promise<void> {
  const present = await stagesOf(authentik, policy);
  for (const stage of new Set([...present, ...wanted])) {
    if (present.includes(stage) !== wanted.includes(stage)) await toggle(authentik, stage, policy);
  }
}

/** Adds the policy to the list of a stage, or removes it; others may have entries in that list too. */
function toggle({ stages, mutex }: Authentik, stageUuid: string, policy: string): Promise<unknown> {
  return mutex.run(stageUuid, async () => {
    const { validationPolicies = [] } = await stages.stagesPromptStagesRetrieve({ stageUuid });
    const others = validationPolicies.filter((other) => other !== policy);
    const wanted = others.length < validationPolicies.length ? others : [...others, policy];
    const patchedPromptStageRequest = { validationPolicies: wanted };
    return stages.stagesPromptStagesPartialUpdate({ stageUuid, patchedPromptStageRequest });
  });
}
