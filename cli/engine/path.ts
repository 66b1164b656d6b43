import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Attempt, probe } from "./attempt.ts";
import { ENGINE_VERSION } from "./version.ts";

/** First way: the `pulumi` that the user has installed. */
export async function onPath(env: NodeJS.ProcessEnv): Promise<Attempt> {
  const path = which("pulumi", env);
  if (!path) return { reason: "not on PATH" };
  const attempt = await probe(path, env);
  return "engine" in attempt ? attempt : { reason: `${attempt.reason}; wanted is ${ENGINE_VERSION} or newer, below 4` };
}

/** The first executable of this name on PATH; the npm launchers in node_modules are passed over, they are another way. */
export function which(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder && !folder.includes("node_modules"));
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
