import { resolve } from "node:path";
import { loadConfig, UserError } from "@homeslice/config";
import { readStackFile } from "../stackFile.ts";
import { writeManifests } from "./folder.ts";
import { manifestsOf } from "./manifests.ts";
import { recordProgram } from "./recording.ts";

export interface RenderOptions {
  readonly stack: string;
  readonly out: string;
  readonly config?: string;
}

/**
 * Writes the Kubernetes objects of a stack as files, without an engine and without a cluster.
 *
 * @throws UserError `render.build` when images are to be built on the way, and what the settings or the folder give rise to
 */
export async function render({ stack, out, config: folder }: RenderOptions): Promise<void> {
  const file = readStackFile(stack, folder);
  const config = loadConfig(stack, file.content.config ?? {});
  if (config.images.build) throw unknownImages(file.name);
  const recorded = await recordProgram(config);
  const manifests = manifestsOf(recorded);
  writeManifests(resolve(out), manifests);
  const others = recorded.filter(({ type }) => !/^(?:kubernetes|random|tls):/.test(type));
  process.stderr.write(`render of ${stack}: ${manifests.length} objects in ${out}\n`);
  if (others.length > 0) {
    const kinds = [...new Set(others.map(({ type }) => type.split(":").at(-1)))].toSorted();
    process.stderr.write(
      `not among them: ${others.length} resources that no manifest can make (${kinds.join(", ")}); \`up\` makes them\n`,
    );
  }
}

function unknownImages(where: string): UserError {
  return new UserError({
    code: "render.build",
    where,
    what: "images.build makes the images while it deploys, so that their digests are not known before",
    fix: "Build and push them first, name them in images.references, and leave images.build out. Nothing was written.",
  });
}
