import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
/** What the built dashboard is made of. */
const SOURCES = ["apps/dashboard", "apps/protocol", "package-lock.json"];

/**
 * Builds the dashboard where that has not been done since its sources changed; about two seconds.
 * @param cache directory that builds are kept in
 * @returns the directory of the built dashboard
 */
export async function buildDashboard(cache: string): Promise<string> {
  const directory = join(cache, "dashboard", fingerprint());
  if (existsSync(directory)) return directory;
  const { build } = await import("vite");
  const unfinished = `${directory}.${process.pid}`;
  const configFile = join(ROOT, "apps/dashboard/vite.config.ts");
  await build({ configFile, logLevel: "warn", build: { outDir: unfinished, emptyOutDir: true } });
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    // Another start was faster: what it built is the same.
    if (!existsSync(directory)) throw error;
    rmSync(unfinished, { recursive: true });
  }
  return directory;
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
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
