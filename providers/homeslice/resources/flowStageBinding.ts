import type { FlowStageBinding } from "@goauthentik/api";
import { z } from "zod";
import { bind, boundTo } from "../authentik/bindings.ts";
import { resource } from "../engine/definition.ts";
import { uuid, uuids } from "./fields.ts";

type BindingWithPolicies = FlowStageBinding & { readonly policies: readonly string[] };

/** A stage in a flow, and the policies that decide for whom. */
export const flowStageBinding = resource<BindingWithPolicies>()({
  type: "homeslice:authentik:FlowStageBinding",
  noun: "stage of a flow",
  args: {
    /** Flow that the stage is put into. */
    target: uuid,
    /** Stage that is put there. */
    stage: uuid,
    /** Stages follow each other by these numbers. */
    order: z.int(),
    /** Whether policies are asked when the flow begins, before anything is known of the user. @default false */
    evaluateOnPlan: z.boolean().default(false),
    /** Whether policies are asked when the user comes to the stage. @default true */
    reEvaluatePolicies: z.boolean().default(true),
    /** Policies that must hold, or the stage is passed over. @default none, which means that everybody comes to it */
    policies: uuids,
    /** Whether one of the policies must hold, or each. @default "any" */
    policyEngineMode: z.enum(["any", "all"]).default("any"),
  },
  outputs: {},
  replaces: ["target", "stage"],
  sets: ["policies"],
  key: ({ target, stage }) => `${target}/${stage}`,
  id: ({ pk }) => pk,
  operations: (authentik) => {
    const { flows } = authentik;
    // Policies are bound by the second of its two ids.
    const complete = async (live: FlowStageBinding): Promise<BindingWithPolicies> => {
      return { ...live, policies: await boundTo(authentik, live.policybindingmodelPtrId, "policy") };
    };
    return {
      find: async (key) => {
        const [target = "", stage = ""] = key.split("/");
        return Promise.all((await flows.flowsBindingsList({ target, stage })).results.map(complete));
      },
      get: async (fsbUuid) => complete(await flows.flowsBindingsRetrieve({ fsbUuid })),
      create: async (flowStageBindingRequest) => ({
        ...(await flows.flowsBindingsCreate({ flowStageBindingRequest })),
        policies: [],
      }),
      update: async (fsbUuid, patchedFlowStageBindingRequest) =>
        complete(await flows.flowsBindingsPartialUpdate({ fsbUuid, patchedFlowStageBindingRequest })),
      delete: (fsbUuid) => flows.flowsBindingsDestroy({ fsbUuid }),
      settle: ({ policybindingmodelPtrId }, { policies }) =>
        bind(authentik, policybindingmodelPtrId, "policy", policies),
    };
  },
});
