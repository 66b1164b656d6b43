import type { Application, PolicyBinding } from "@goauthentik/api";
import { z } from "zod";
import type { Authentik } from "../authentik/authentik.ts";
import { allPages } from "../authentik/pages.ts";
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
      const bindings = await groupBindings(authentik, live.pk);
      return { ...live, groups: bindings.map(({ group }) => group) };
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
      settle: (live, { groups }) => bindGroups(authentik, live.pk, groups),
    };
  },
});

type GroupBinding = PolicyBinding & { readonly group: string };

async function groupBindings({ policies }: Authentik, target: string): Promise<GroupBinding[]> {
  const bindings = await allPages((page) => policies.policiesBindingsList({ target, ...page }));
  return bindings.flatMap((binding) => (binding.group ? [{ ...binding, group: binding.group }] : []));
}

/** Leaves bindings of users and policies alone, which others have made. */
async function bindGroups(authentik: Authentik, target: string, wanted: readonly string[]): Promise<void> {
  const present = await groupBindings(authentik, target);
  for (const group of wanted.filter((id) => !present.some((binding) => binding.group === id))) {
    await authentik.policies.policiesBindingsCreate({
      policyBindingRequest: {
        target,
        group,
        order: 0,
        enabled: true,
        negate: false,
        timeout: 30,
        failureResult: false,
      },
    });
  }
  for (const { pk, group } of present) {
    if (!wanted.includes(group)) await authentik.policies.policiesBindingsDestroy({ policyBindingUuid: pk });
  }
}
