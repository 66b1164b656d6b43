import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** Something that is made of sources, and is the same whenever they are. */
export interface Build {
  readonly name: string;
  /** Files and directories in the checkout. */
  readonly sources: readonly string[];
  /** Makes it in a directory that is not there yet. */
  readonly build: (directory: string) => Promise<void>;
}

/**
 * Builds where that has not been done since the sources changed.
 * @param cache directory that builds are kept in
 * @returns the directory of what was built
 */
export async function builtOnce(cache: string, { name, sources, build }: Build): Promise<string> {
  const directory = join(cache, name, fingerprint(sources));
  if (existsSync(directory)) return directory;
  const unfinished = `${directory}.${randomUUID()}`;
  await build(unfinished);
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    // Another start was faster: what it built is the same.
    if (!existsSync(directory)) throw error;
    rmSync(unfinished, { recursive: true });
  }
  return directory;
}

function fingerprint(sources: readonly string[]): string {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const file of filesOf(join(ROOT, source)))
      hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => !/(^|\/)(node_modules|dist)(\/|$)/.test(name))
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}
