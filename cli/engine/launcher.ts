import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Attempt, probe } from "./attempt.ts";
import { ENGINE_VERSION } from "./version.ts";

/** A slow line needs minutes for the 100 MB; a machine without the network fails at once or at the connection time-out. */
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/** Second way: the official npm launcher `pulumi`, which downloads the release of its own version into `folder`. */
export async function byLauncher(folder: string, env: NodeJS.ProcessEnv): Promise<Attempt> {
  const script = fileURLToPath(import.meta.resolve("pulumi/run.js"));
  try {
    await promisify(execFile)(process.execPath, [script, "version"], {
      env: { ...env, PULUMI_HOME: folder, PULUMI_VERSION: ENGINE_VERSION },
      timeout: DOWNLOAD_TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
  } catch (error) {
    return { reason: `the download failed (${lastLine(error)})` };
  }
  return probe(join(folder, "versions", ENGINE_VERSION, "bin", "pulumi"), env);
}

/** The launcher says what it does line by line; the last one is the reason it gave up. */
function lastLine(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return (
    text
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^pulumi: /, "") ?? "no reason given"
  );
}
