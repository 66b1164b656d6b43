import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isRunning } from "./processes.ts";

/**
 * Runs `work` while holding the lock file `path`; waits for another holder, and takes over from one that died.
 * `onWait` is called once, with the holder's process id, when there is somebody to wait for.
 */
export async function withLock<T>(path: string, onWait: (holder: number) => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  for (let announced = false; !(await acquire(path)); ) {
    const holder = Number(await readFile(path, "utf8").catch(() => "0"));
    if (!isRunning(holder)) {
      await rename(path, `${path}.stale`).catch(() => undefined); // lost to another waiter: then it is gone already
      continue;
    }
    if (!announced) onWait(holder);
    announced = true;
    await delay(200);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** Linking a finished file makes lock and content appear at once: nobody reads a lock without a holder. */
async function acquire(path: string): Promise<boolean> {
  const own = `${path}.${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}
