import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { builtOnce } from "./builds.ts";

const VITE = join(dirname(fileURLToPath(import.meta.resolve("vite/package.json"))), "bin/vite.js");

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
      const args = ["build", "--config", CONFIG, "--logLevel", "warn", "--outDir", outDir, "--emptyOutDir"];
      // A process of its own: whoever calls may be a test, and what is built is the form for production in any case.
      await promisify(execFile)(process.execPath, [VITE, ...args], { env: { ...process.env, NODE_ENV: "production" } });
    },
  });
}
