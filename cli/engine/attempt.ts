import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { promisify } from "node:util";
import { isCompatible } from "./version.ts";

/** A usable engine: its executable and what `pulumi version` says. */
export interface Engine {
  /** Absolute path of the `pulumi` executable. */
  readonly path: string;
  /** For example `v3.251.0`. */
  readonly version: string;
}

/** What one way to an engine came to: the engine, or why that way leads nowhere here. */
export type Attempt = { readonly engine: Engine } | { readonly reason: string };

const VERSION_TIMEOUT_MS = 20_000;

/** Asks an executable for its version and judges whether Homeslice can drive it. */
export async function probe(path: string, env: NodeJS.ProcessEnv): Promise<Attempt> {
  try {
    accessSync(path, constants.X_OK);
    const { stdout } = await promisify(execFile)(path, ["version"], {
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeout: VERSION_TIMEOUT_MS,
    });
    const version = stdout.trim();
    return isCompatible(version)
      ? { engine: { path, version } }
      : { reason: `${path} is ${version || "of no version"}` };
  } catch (error) {
    return { reason: `${path} does not run (${firstLine(error)})` };
  }
}

/** The first line of what went wrong, for a sentence of a longer message. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n", 1)[0] ?? "";
}
