import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { hasCode, messageOf, StartupError } from "../errors.ts";

/**
 * Makes the state directory if there is none, and makes sure that only its owner has access to it.
 * @throws StartupError when others have
 */
export async function prepareStateDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    // An empty one that was made for the agent holds nothing that could have been read.
    if ((await readdir(path)).length === 0) await chmod(path, 0o700);
  } catch (cause) {
    const fix = "Create it for the user that the agent runs as, or set HOMESLICE_STATE_DIR to another directory.";
    throw new StartupError(`The state directory ${path} cannot be used: ${messageOf(cause)}`, fix, { cause });
  }
  await refuseIfShared(path, "700");
}

/** @throws StartupError when anyone but the owner has access to a file or directory */
export async function refuseIfShared(path: string, mode: "600" | "700"): Promise<void> {
  if (((await stat(path)).mode & 0o077) === 0) return;
  throw new StartupError(
    `${path} can be accessed by others than its owner`,
    `Find out who had access to it, then run: chmod ${mode} ${path}`,
  );
}

/**
 * Makes sure that one agent alone uses a state directory, for as long as it runs: the kernel frees the name when the
 * process ends, however it ends.
 */
export async function claimStateDirectory(path: string): Promise<Server> {
  const name = `\0homeslice-agent-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`;
  const server = createServer((socket) => socket.destroy()).unref();
  try {
    server.listen(name);
    await once(server, "listening");
    return server;
  } catch (cause) {
    if (!hasCode(cause, "EADDRINUSE")) throw cause;
    throw new StartupError(
      `Another agent uses the state directory ${path}`,
      "Stop it first, or set HOMESLICE_STATE_DIR to another directory.",
      { cause },
    );
  }
}
