import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@homeslice/config";
import { z } from "zod";
import { lockWaiting } from "../process/fileLock.ts";
import { type Attempt, type Engine, probe } from "./attempt.ts";
import { fromSource } from "./build.ts";
import { byLauncher } from "./launcher.ts";
import { onPath } from "./path.ts";
import { ENGINE_VERSION } from "./version.ts";

export type { Engine } from "./attempt.ts";
export { which } from "./path.ts";
export { ENGINE_VERSION } from "./version.ts";

/** Where to look for an engine and keep the one that had to be fetched, and where to tell about it. */
export interface EngineLookup {
  /** The cache directory of Homeslice (HOMESLICE_CACHE). */
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  /** Receives progress, one line at a time. */
  readonly say: (line: string) => void;
}

/** The two ways to an engine that is not installed yet. */
export interface Ways {
  readonly download: typeof byLauncher;
  readonly build: typeof fromSource;
}
const WAYS: Ways = { download: byLauncher, build: fromSource };

/**
 * Finds the engine: `pulumi` on PATH, else the official npm launcher, else built once from its Go module. What had to
 * be fetched or built is kept in the cache, one folder per version, and is found there at once the next time.
 *
 * @throws UserError `engine.unavailable` when none of the three ways leads to an engine here.
 */
export async function findEngine(lookup: EngineLookup, ways: Ways = WAYS): Promise<Engine> {
  const installed = await onPath(lookup.env);
  if ("engine" in installed) return installed.engine;
  const folder = join(lookup.cache, "engine", ENGINE_VERSION);
  const cached = await fromStamp(folder, lookup.env);
  if (cached) return cached;

  const release = await lockWaiting(join(folder, "lock"), "getting the engine", (holder) =>
    lookup.say(`process ${holder.pid} is getting the engine already: waiting for it`),
  );
  try {
    return (await fromStamp(folder, lookup.env)) ?? (await fetchOnce(folder, installed.reason, lookup, ways));
  } finally {
    release();
  }
}

/** Second and third way, in this order; the stamp is written only after the engine has answered. */
async function fetchOnce(folder: string, notOnPath: string, { env, say }: EngineLookup, ways: Ways): Promise<Engine> {
  say(`getting the Pulumi engine ${ENGINE_VERSION} (once): ${notOnPath}, trying the official download`);
  const downloaded = await ways.download(join(folder, "official"), env);
  if ("engine" in downloaded) return stamped(folder, downloaded.engine);

  say(`${downloaded.reason}: building it from its Go module instead, about 5 minutes on two cores`);
  const built = await ways.build(join(folder, "bin", "pulumi"), env, say);
  if ("engine" in built) return stamped(folder, built.engine);

  throw unavailable({ PATH: notOnPath, "npm launcher": downloaded.reason, "Go module": built.reason });
}

function unavailable(reasons: Readonly<Record<string, string>>): UserError {
  const ways = Object.entries(reasons).map(([way, reason]) => `  ${way.padEnd(14)}${reason}`);
  return new UserError({
    code: "engine.unavailable",
    what: ["no Pulumi engine is to be had on this machine; three ways were tried:", ...ways].join("\n"),
    fix: `Install Pulumi ${ENGINE_VERSION} or newer (https://www.pulumi.com/docs/install), or let this machine reach get.pulumi.com, or install Go 1.26 or newer; then run this again.`,
  });
}

const stampSchema = z.object({ path: z.string() });

function stamped(folder: string, engine: Engine): Engine {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "engine.json"), JSON.stringify({ path: engine.path }));
  return engine;
}

async function fromStamp(folder: string, env: NodeJS.ProcessEnv): Promise<Engine | undefined> {
  const stamp = readStamp(join(folder, "engine.json"));
  if (!stamp) return undefined;
  const attempt: Attempt = await probe(stamp.path, env);
  return "engine" in attempt ? attempt.engine : undefined;
}

function readStamp(path: string): z.infer<typeof stampSchema> | undefined {
  try {
    return stampSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined; // none yet, or cut short: the engine is fetched again
  }
}
