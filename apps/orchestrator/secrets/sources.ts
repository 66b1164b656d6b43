import { readFile, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { MAX_SECRET, type SecretSource } from "@homeslice/protocol";
import type { SecretPlaces } from "../settings.ts";

/** A secret cannot be had. The message says why, and nothing of the value. */
export class SecretUnavailable extends Error {
  override readonly name = "SecretUnavailable";
}

/** The value of a secret, wherever it is. @throws SecretUnavailable */
export async function readSource(source: SecretSource, places: SecretPlaces): Promise<string> {
  switch (source.type) {
    case "value":
      return source.value;
    case "environment":
      return usable(variable(source.variable, places), `the variable ${source.variable}`);
    case "file":
      return usable(await file(source.path, places), `the file ${source.path}`);
  }
}

function variable(name: string, { variables }: SecretPlaces): string {
  const value = variables.get(name);
  if (value === undefined) {
    throw new SecretUnavailable(`the orchestrator does not take secrets from ${name}: see HOMESLICE_SECRET_VARIABLES`);
  }
  return value;
}

/** Read anew each time: what is mounted changes when its Secret does. */
async function file(path: string, { directory }: SecretPlaces): Promise<string> {
  if (directory === undefined) {
    throw new SecretUnavailable("the orchestrator does not take secrets from files: see HOMESLICE_SECRET_DIR");
  }
  const real = await realpath(join(directory, path)).catch(() => undefined);
  if (real === undefined) throw new SecretUnavailable(`there is no file ${path} in HOMESLICE_SECRET_DIR`);
  if (!real.startsWith((await realpath(directory)) + sep)) {
    throw new SecretUnavailable(`the file ${path} leads out of HOMESLICE_SECRET_DIR`);
  }
  try {
    return (await readFile(real, "utf8")).trimEnd();
  } catch {
    throw new SecretUnavailable(`the file ${path} cannot be read`);
  }
}

function usable(value: string, place: string): string {
  if (value.length < 4 || value.length > MAX_SECRET || value.includes("\0")) {
    throw new SecretUnavailable(`${place} does not hold a text of 4 to ${MAX_SECRET} characters`);
  }
  return value;
}
