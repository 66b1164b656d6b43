import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { checkout } from "./home.ts";
import type { Target } from "./target.ts";

/** Provider plugins for the testbed that take the place of official ones; see tests/standins. */
const STAND_INS = join(checkout, "tests", "standins");

/** A plugin that the engine takes from a folder instead of its own collection. */
export interface ProviderPath {
  readonly name: string;
  readonly path: string;
}

/** The provider that is part of Homeslice; the engine starts it from the checkout. */
export const OWN_PROVIDER: ProviderPath = { name: "homeslice", path: join(checkout, "providers", "homeslice") };

/**
 * The stand-ins that a run uses: on the testbed those of the official plugins that are not installed, anywhere else
 * none ever, and the engine gets its plugins by itself.
 */
export function standIns(target: Target, env: NodeJS.ProcessEnv, say: (line: string) => void): ProviderPath[] {
  if (!target.testbed) return [];
  const chosen = standInNames().filter((name) => !isInstalled(name, env));
  if (chosen.length > 0) {
    say(`on the testbed, stand-ins take the place of provider plugins that are not installed: ${chosen.join(", ")}`);
  }
  return chosen.map((name) => ({ name, path: join(STAND_INS, name) }));
}

function standInNames(): string[] {
  if (!existsSync(STAND_INS)) return [];
  return readdirSync(STAND_INS)
    .filter((name) => existsSync(join(STAND_INS, name, `pulumi-resource-${name}`)))
    .sort();
}

/** The engine keeps plugins in one folder each, named by kind, name and version. */
function isInstalled(name: string, env: NodeJS.ProcessEnv): boolean {
  const home = env["PULUMI_HOME"] || join(env["HOME"] ?? homedir(), ".pulumi");
  return existsSync(join(home, "plugins", `resource-${name}-v${packageVersion(name)}`));
}

/** Who publishes the SDK of a plugin, where it is not Pulumi. */
const PUBLISHERS: Readonly<Record<string, string>> = { grafana: "@pulumiverse" };

/** The plugin's version is that of its SDK, which the program asks the engine for. */
function packageVersion(name: string): string {
  const manifest = join(checkout, "node_modules", PUBLISHERS[name] ?? "@pulumi", name, "package.json");
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, "utf8"))).version;
}
