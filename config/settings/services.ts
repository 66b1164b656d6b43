import { z } from "zod";
import { hostLabel, imageReference, serviceName, size, variableName } from "../notations.ts";
import { roles } from "./access.ts";
import { resources } from "./resources.ts";
import { secretText } from "./secret.ts";

const port = z.int().min(1024).max(65_535);
const path = z.string().regex(/^\/[^\s?#]*$/, {
  error: ({ input }) => `${JSON.stringify(input)} is not a path: begin with a slash, for example /healthz`,
});

/** Services of the user's own, by name. */
export function services() {
  return z.record(serviceName, service()).default({});
}

function service() {
  return z.strictObject({
    image: imageReference.describe("Needed. Image to run: registry/name:tag."),
    port: port.describe("Needed. Port at which the program serves HTTP."),
    title: z.string().min(1).optional().describe("Name for people. Default: the service's own."),
    host: hostLabel.optional().describe("Name under the domain. Default: the service's own."),
    access: z
      .enum(["forward", "everyone"])
      .default("forward")
      .describe("Who gets in: who is logged in at Authentik, or whoever reaches it."),
    role: z
      .enum(roles)
      .default("viewer")
      .describe("Least role of who may use it; `access.services` names further groups."),
    health: path.default("/").describe("Path that answers with a success as long as the program is well."),
    logins: z
      .array(path)
      .default([])
      .describe("Paths below which it tries passwords or codes: the edge lets few attempts through there."),
    tile: tile().optional().describe("Its tile on the home page. Default: none."),
    metrics: metrics().optional().describe("Where Prometheus scrapes it. Default: nowhere."),
    command: z.array(z.string()).optional().describe("Program to run. Default: the image's own."),
    args: z.array(z.string()).optional().describe("Arguments of the program. Default: the image's own."),
    env: z
      .record(variableName, z.string())
      .default({})
      .describe("Environment variables. They are no place for secrets."),
    secretFiles: z
      .record(variableName, secretText)
      .default({})
      .describe("Secrets that it reads as files; the variable NAME_FILE has the path of the file of NAME."),
    secretEnv: z
      .record(variableName, secretText)
      .default({})
      .describe("Secrets that it reads from its environment alone, by variable. Files are the safer place."),
    user: z.int().min(1).max(65_535).default(10_001).describe("Number of the user that it runs as, never root."),
    volume: volume().optional().describe("A volume that outlives the program. Default: none."),
    uses: z
      .array(z.enum(["postgresql", "redis"]))
      .default([])
      .describe("Stores that it gets access to; their addresses and secrets appear in its environment."),
    resources: resources({ cpu: ["25m", "500m"], memory: ["64Mi", "256Mi"] }).describe("What each instance may use."),
    replicas: z.int().min(1).max(20).default(1).describe("Number of instances; 1 with a volume."),
  });
}

function tile() {
  return z.strictObject({
    group: z.string().min(1).default("Services").describe("Heading that it stands under."),
    icon: z.string().min(1).default("mdi-application").describe("Icon by the name that Homepage knows."),
    description: z.string().default("").describe("One line below its name."),
  });
}

function metrics() {
  return z.strictObject({
    port: port.optional().describe("Port of the measurements. Default: that of the service."),
    path: path.default("/metrics").describe("Path of the measurements."),
  });
}

function volume() {
  return z.strictObject({
    path: path.describe("Needed. Directory of the program where the volume appears."),
    size: size.describe("Needed. Size of the volume."),
  });
}
