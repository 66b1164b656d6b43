import type { DenyStage } from "@goauthentik/api";
import { z } from "zod";
import { resource } from "../engine/definition.ts";
import { name } from "./fields.ts";

/** A stage at which a flow ends for whoever comes to it. */
export const denyStage = resource<DenyStage>()({
  type: "homeslice:authentik:DenyStage",
  noun: "deny stage",
  args: {
    /** Unique. */
    name,
    /** What the user reads. @default "", which says no more than that it is refused */
    denyMessage: z.string().default(""),
  },
  outputs: {},
  key: (args) => args.name,
  id: ({ pk }) => pk,
  operations: ({ stages }) => ({
    find: async (key) => (await stages.stagesDenyList({ name: key })).results,
    get: (stageUuid) => stages.stagesDenyRetrieve({ stageUuid }),
    create: (denyStageRequest) => stages.stagesDenyCreate({ denyStageRequest }),
    update: (stageUuid, patchedDenyStageRequest) =>
      stages.stagesDenyPartialUpdate({ stageUuid, patchedDenyStageRequest }),
    delete: (stageUuid) => stages.stagesDenyDestroy({ stageUuid }),
  }),
});
