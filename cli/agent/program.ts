import { join } from "node:path";
import { builtOnce } from "../local/builds.ts";

const AGENT = join(import.meta.dirname, "../../apps/agent");

/** Where the agent of a service is built to; a checkout that is updated is built again. */
export const BUILT = "apps/agent/dist";

/** Arguments of Node for the agent: it has little to do, and gives memory back rather than being fast. */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=1", "--optimize-for-size"];

/** The program in a directory that the agent was built to. */
export const programIn = (directory: string): string => join(directory, "main.mjs");

/**
 * Builds the agent into one program: run from its sources, it needs a third more memory, for what strips their types and
 * for what of the libraries it never uses; about a second.
 */
export async function buildAgent(outDir: string): Promise<void> {
  const { build } = await import("vite");
  const configFile = join(AGENT, "vite.config.ts");
  await build({ configFile, logLevel: "warn", build: { outDir, emptyOutDir: true } });
}

/** The arguments of Node that run the agent of this checkout. @param cache directory that builds are kept in */
export async function agentArguments(cache: string): Promise<string[]> {
  const sources = ["apps/agent", "apps/protocol", "package-lock.json"];
  return [...NODE_FLAGS, programIn(await builtOnce(cache, { name: "agent", sources, build: buildAgent }))];
}
