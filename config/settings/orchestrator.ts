import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { imageReference } from "../notations.ts";
import { notifications, secretsOfActions } from "./outbound.ts";
import { resources } from "./resources.ts";

/** The two places that versions of the orchestrator take turns in. */
export const colours = ["blue", "green"] as const;
export type Colour = (typeof colours)[number];

/** Settings of the orchestrator: API, queue and scheduler. */
export function orchestrator(environment: EnvironmentName) {
  return z
    .strictObject({
      replicas: z
        .int()
        .min(1)
        .max(20)
        .default(defaults.orchestratorReplicas[environment])
        .describe("Number of instances."),
      readySeconds: z
        .int()
        .min(10)
        .max(3600)
        .default(300)
        .describe("Seconds that instances may take to be ready before a run or a release fails."),
      release: release().optional().describe("Which version serves, and which stands by; written by `release`."),
      secrets: secretsOfActions().describe("Where secrets of actions come from, besides what it keeps itself."),
      notifications: notifications().describe("Who can be told, and by which ways."),
      resources: resources({ cpu: ["100m", "1"], memory: ["192Mi", "512Mi"] }).describe("What each instance may use."),
    })
    .prefault({});
}

function release() {
  const image = (colour: Colour) =>
    imageReference.optional().describe(`Image of the colour ${colour}. Default: none has been released to it.`);
  return z.strictObject({
    active: z.enum(colours).describe("Needed for a release. The colour that serves."),
    number: z.int().min(1).max(1_000_000).describe("Needed for a release. How many there have been: each is checked."),
    blue: image("blue"),
    green: image("green"),
  });
}
