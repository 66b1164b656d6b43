import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { lockWaiting } from "@homeslice/cli/process/fileLock.ts";
import { go } from "../testbed/go.ts";
import type { Progress } from "../testbed/progress.ts";

/** A Go module that holds nothing but requirements: what it builds is named by its `tool` directives. */
const pins = join(import.meta.dirname, "traefik");

/** Programs of the tests of the edge. */
export interface EdgePrograms {
  readonly traefik: string;
  /** Gets a page over HTTP/3. */
  readonly http3: string;
}

/** Builds Traefik and a client for HTTP/3 once per version, in some minutes; at once afterwards. */
export async function ensureEdgePrograms(
  cache: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<EdgePrograms> {
  const texts = await Promise.all(["go.mod", "go.sum"].map((file) => readFile(join(pins, file), "utf8")));
  const home = join(cache, "edge", createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 8));
  const bin = join(home, "bin");
  await mkdir(home, { recursive: true });
  const release = await lockWaiting(join(home, "lock"), "build of Traefik", ({ pid, purpose }) =>
    progress.say(`waiting for the ${purpose} by process ${pid}`),
  );
  try {
    // The folder is moved into place complete, so its existence says that the build succeeded.
    if (!existsSync(bin)) await buildInto(bin, progress, signal);
  } finally {
    release();
  }
  return { traefik: join(bin, "traefik"), http3: join(bin, "client") };
}

async function buildInto(bin: string, progress: Progress, signal: AbortSignal): Promise<void> {
  const unfinished = `${bin}-unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  let packages = 0;
  const task = progress.start("building Traefik (once per version, some minutes)");
  try {
    await go(["install", "-v", "-ldflags", "-s -w", "tool"], {
      cwd: pins,
      env: { GOBIN: unfinished },
      signal,
      onLine: () => task.update(`${++packages} packages`),
    });
  } finally {
    task.end();
  }
  await rename(unfinished, bin);
}
