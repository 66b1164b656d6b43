import { z } from "zod";
import { webAddress } from "../notations.ts";

/** What the orchestrator of a stack is told to do, from files. */
export function automation() {
  return z
    .strictObject({
      definitions: z
        .string()
        .min(1)
        .optional()
        .describe(
          "Directory with definitions in YAML, as `apply -f` takes them, seen from the checkout: `up` makes the orchestrator have them, changes and deletes them. Default: none.",
        ),
      address: webAddress
        .optional()
        .describe("Address at which `up` reaches the orchestrator. Default: none, by the API of the cluster."),
    })
    .prefault({});
}
