import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { emailAddress, folderUid, webAddress } from "../notations.ts";
import { resources } from "./resources.ts";
import { secretText } from "./secret.ts";

/** The folder of the platform's own dashboards. */
export const PLATFORM_FOLDER = "platform";

const rights = ["view", "edit", "admin"] as const;
const rightsOrNone = ["none", ...rights] as const;

export function grafana(environment: EnvironmentName) {
  return z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Run Grafana with its dashboards. Off, its database and its keys stay."),
      replicas: z
        .int()
        .min(1)
        .max(10)
        .default(defaults.grafanaReplicas[environment])
        .describe("Number of instances; they share a database."),
      teams: z
        .record(z.string().min(1).max(190), team())
        .default({})
        .describe("Teams by their names. Who is in them is decided in Grafana itself."),
      folders: z
        .record(folderUid, folder())
        .default({})
        .describe("Folders for dashboards that people make, by their uids."),
      api: api(),
      resources: resources({ cpu: ["100m", "1"], memory: ["192Mi", "512Mi"] }).describe("What each instance may use."),
    })
    .prefault({});
}

function team() {
  return z.strictObject({ email: emailAddress.optional().describe("Address of the team.") }).prefault({});
}

function folder() {
  return z.strictObject({
    title: z.string().min(1).max(189).describe("Name for people."),
    viewers: z.enum(rightsOrNone).default("view").describe("What everybody may do there who is in Grafana."),
    editors: z.enum(rightsOrNone).default("edit").describe("What the role operator may do there."),
    teams: z.record(z.string(), z.enum(rights)).default({}).describe("What teams may do there, by their names."),
  });
}

function api() {
  return z
    .strictObject({
      address: webAddress
        .optional()
        .describe("Where `up` reaches it. Default: through the cluster, whether or not the domain is known yet."),
      port: z
        .int()
        .min(1024)
        .max(65_535)
        .optional()
        .describe(
          "Port of this machine that leads there through the cluster. Default: one that follows from the stack's name.",
        ),
      password: secretText
        .optional()
        .describe("Password of the user admin. Default: the one that comes with the first start."),
    })
    .prefault({})
    .describe("How `up` talks to it.");
}
