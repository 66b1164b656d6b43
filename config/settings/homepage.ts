import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { webAddress } from "../notations.ts";
import { resources } from "./resources.ts";

/** The palettes that Homepage has. */
const colors = [
  "slate",
  "gray",
  "zinc",
  "neutral",
  "stone",
  "amber",
  "yellow",
  "lime",
  "green",
  "emerald",
  "teal",
  "cyan",
  "sky",
  "blue",
  "indigo",
  "violet",
  "purple",
  "fuchsia",
  "pink",
  "rose",
  "red",
  "white",
] as const;

const name = z.string().min(1).max(60);

export function homepage(environment: EnvironmentName) {
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe("Run the home page."),
      replicas: z.int().min(1).max(10).default(defaults.homepageReplicas[environment]).describe("Number of instances."),
      title: name.default("Homeslice").describe("Title of the page."),
      theme: z.enum(["dark", "light"]).default("dark").describe("Dark or light."),
      color: z.enum(colors).default("slate").describe("Palette of the page."),
      columns: z.int().min(1).max(8).default(3).describe("Tiles side by side in each group."),
      bookmarks: z
        .record(name, z.record(name, webAddress))
        .default({})
        .describe("Links below the services: groups of names with their web addresses."),
      discovery: z
        .boolean()
        .default(false)
        .describe(
          "Show what runs outside Homeslice as well, by the annotations gethomepage.dev/… of its Ingress. Lets the home page list pods and Ingresses of the whole cluster.",
        ),
      resources: resources({ cpu: ["50m", "500m"], memory: ["128Mi", "256Mi"] }).describe(
        "What each instance may use.",
      ),
    })
    .prefault({});
}
