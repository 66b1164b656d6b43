import { NewAction } from "@homeslice/protocol";
import { containerSamples } from "./containers.ts";
import { databaseSamples } from "./databases.ts";
import { networkSamples } from "./network.ts";
import { packageSamples } from "./packages.ts";
import { serviceSamples } from "./services.ts";
import { systemSamples } from "./system.ts";

const samples = [
  ...systemSamples,
  ...packageSamples,
  ...serviceSamples,
  ...networkSamples,
  ...databaseSamples,
  ...containerSamples,
];

/** What nearly everybody needs, a beginning for templates of one's own: each marked with the tag `sample`. */
export function sampleActions(): NewAction[] {
  return samples.map((sample) => NewAction.parse({ ...sample, tags: ["sample"] }));
}
