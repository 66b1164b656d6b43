import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "@homeslice/config";
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { Manifest } from "./manifests.ts";

const INDEX = "kustomization.yaml";
const MARK = "# Rendered by homeslice; changes are overwritten.\n";
const indexSchema = z.object({ resources: z.array(z.string()) });

/**
 * Writes the manifests and a kustomization that lists them; what an earlier rendering wrote and this one does not is
 * deleted. Other files in the folder stay.
 *
 * @throws UserError `render.occupied` when the folder holds something else
 */
export function writeManifests(folder: string, manifests: readonly Manifest[]): void {
  for (const path of earlier(folder)) rmSync(join(folder, path), { force: true });
  for (const { path, text } of manifests) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const head = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, INDEX), MARK + stringify({ ...head, resources: manifests.map(({ path }) => path) }));
}

/** What an earlier rendering left in the folder. */
function earlier(folder: string): string[] {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return [];
  const index = join(folder, INDEX);
  const text = existsSync(index) ? readFileSync(index, "utf8") : "";
  if (text.startsWith(MARK)) {
    const { resources } = indexSchema.parse(parse(text));
    return resources.filter((path) => !path.startsWith("/") && !path.split("/").includes(".."));
  }
  throw new UserError({
    code: "render.occupied",
    where: folder,
    what: "the folder holds files that were not rendered here",
    fix: "Name an empty folder, or one of an earlier rendering. Nothing was changed.",
  });
}
