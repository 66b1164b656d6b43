import type { ScopeMapping } from "@goauthentik/api";
import { z } from "zod";
import { resource } from "../engine/definition.ts";
import { name } from "./fields.ts";

/** What a client that asks for a scope learns about the user. */
export const scopeMapping = resource<ScopeMapping>()({
  type: "homeslice:authentik:ScopeMapping",
  noun: "scope mapping",
  args: {
    /** Unique. */
    name,
    /** Scope that the client asks for. */
    scopeName: name,
    /** Python expression that returns the claims. */
    expression: name,
    /** What the user reads when asked for consent; without it the user is not told. @default "" */
    description: z.string().default(""),
  },
  outputs: {},
  key: (args) => args.name,
  id: ({ pk }) => pk,
  operations: ({ mappings }) => ({
    find: async (key) => (await mappings.propertymappingsProviderScopeList({ name: key })).results,
    get: (pmUuid) => mappings.propertymappingsProviderScopeRetrieve({ pmUuid }),
    create: (scopeMappingRequest) => mappings.propertymappingsProviderScopeCreate({ scopeMappingRequest }),
    update: (pmUuid, patchedScopeMappingRequest) =>
      mappings.propertymappingsProviderScopePartialUpdate({ pmUuid, patchedScopeMappingRequest }),
    delete: (pmUuid) => mappings.propertymappingsProviderScopeDestroy({ pmUuid }),
  }),
});
