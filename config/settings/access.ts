import { z } from "zod";

/** What people may do on the platform, from the least to the most; each includes those before it. */
export const roles = ["viewer", "operator", "approver", "admin"] as const;
export type Role = (typeof roles)[number];

/** The group of Authentik's own administrators, the first of whom comes with its first start. */
export const AUTHENTIK_ADMINS = "authentik Admins";

/** Who may do what. Groups are those of Authentik; people get into them there. */
export function access() {
  const group = z.string().min(1).max(150);
  const groups = (names: string[], meaning: string) =>
    z.array(group).min(1).default(names).describe(`Groups whose members ${meaning}.`);
  return z
    .strictObject({
      roles: z
        .strictObject({
          viewer: groups(["homeslice-viewers"], "see everything and change nothing"),
          operator: groups(["homeslice-operators"], "run actions, and edit dashboards"),
          approver: groups(["homeslice-approvers"], "approve what operators ask for, besides"),
          admin: groups(["homeslice-admins", AUTHENTIK_ADMINS], "may do everything"),
        })
        .prefault({})
        .describe("The groups of each role, in all services alike."),
      services: z
        .record(z.string(), z.array(group).min(1))
        .default({})
        .describe("Further groups that may use a service, by the service's name: `grafana: [family]`."),
    })
    .prefault({});
}
