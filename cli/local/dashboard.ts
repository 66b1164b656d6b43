import { join } from "node:path";
import { builtOnce } from "./builds.ts";

const CONFIG = join(import.meta.dirname, "../../apps/dashboard/vite.config.ts");

/**
 * Builds the dashboard where that has not been done since its sources changed; about two seconds.
 * @param cache directory that builds are kept in
 * @returns the directory of the built dashboard
 */
export async function buildDashboard(cache: string): Promise<string> {
  return await builtOnce(cache, {
    name: "dashboard",
    sources: ["apps/dashboard", "apps/protocol", "package-lock.json"],
    async build(outDir) {
      const { build } = await import("vite");
      await build({ configFile: CONFIG, logLevel: "warn", build: { outDir, emptyOutDir: true } });
    },
  });
}
