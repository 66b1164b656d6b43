import type { Application } from "@goauthentik/api";
import { z } from "zod";
import { bind, boundTo } from "../authentik/bindings.ts";
import { resource } from "../engine/definition.ts";
import { name, slug, url, uuids } from "./fields.ts";

type ApplicationWithGroups = Application & { readonly groups: readonly string[] };

/** What users see and may enter, with the groups that may. */
export const application = resource<ApplicationWithGroups>()({
  type: "homeslice:authentik:Application",
  noun: "application",
  args: {
    name,
    /** Unique; part of the issuer and other addresses. Cannot be changed: another slug is another application. */
    slug,
    /** Id of its provider; an application has one at most, and a provider one application. @default none */
    provider: z.int().nullable().default(null),
    /** Groups whose members may enter. @default none, which lets everybody in */
    groups: uuids,
    /** Whether one of all policies must pass, or each. @default "any" */
    policyEngineMode: z.enum(["any", "all"]).default("any"),
    /** Where its tile leads to. @default what the provider says */
    metaLaunchUrl: z.union([url, z.literal("")]).default(""),
    /** Address or name of its icon. */
    metaIcon: z.string().default(""),
    metaDescription: z.string().default(""),
    metaPublisher: z.string().default(""),
    /** Keeps it from the page of applications. @default false */
    metaHide: z.boolean().default(false),
    /** Heading that it appears under. */
    group: z.string().default(""),
    /** @default false */
    openInNewTab: z.boolean().default(false),
  },
  outputs: { uuid: ({ pk }) => pk, launchUrl: ({ launchUrl }) => launchUrl ?? null },
  replaces: ["slug"],
  deleteFirst: true, // two applications cannot have one provider, not for a moment
  sets: ["groups"],
  key: (args) => args.slug,
  id: (live) => live.slug,
  idForm: /^[-a-zA-Z0-9_]+$/,
  operations: (authentik) => {
    const { core } = authentik;
    const withGroups = async (live: Application): Promise<ApplicationWithGroups> => {
      return { ...live, groups: await boundTo(authentik, live.pk, "group") };
    };
    return {
      find: async (key) => {
        const { results } = await core.coreApplicationsList({ slug: key, superuserFullList: true });
        return Promise.all(results.map(withGroups));
      },
      get: async (id) => withGroups(await core.coreApplicationsRetrieve({ slug: id })),
      create: async (applicationRequest) => ({
        ...(await core.coreApplicationsCreate({ applicationRequest })),
        groups: [],
      }),
      update: async (id, patchedApplicationRequest) =>
        withGroups(await core.coreApplicationsPartialUpdate({ slug: id, patchedApplicationRequest })),
      delete: (id) => core.coreApplicationsDestroy({ slug: id }),
      settle: (live, { groups }) => bind(authentik, live.pk, "group", groups),
    };
  },
});
