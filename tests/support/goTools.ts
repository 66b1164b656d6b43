import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { lockWaiting } from "@homeslice/cli/process/fileLock.ts";
import { go } from "../testbed/go.ts";
import type { Progress } from "../testbed/progress.ts";

/** Programs that tests need and nobody ships as a package. */
export interface GoTools {
  /** What they are called in messages: `Traefik`. */
  readonly title: string;
  /** Folder of a Go module that names them by its `tool` directives. */
  readonly module: string;
  /** Folder below the cache of builds. */
  readonly cached: string;
  /** Roughly how long a first build takes: `some minutes`. */
  readonly takes: string;
}

/**
 * Builds the tools of a module once per content of the module; at once afterwards.
 * @returns folder of the programs
 */
export async function ensureGoTools(
  tools: GoTools,
  cache: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const home = join(cache, tools.cached, await digestOf(tools.module));
  const bin = join(home, "bin");
  await mkdir(home, { recursive: true });
  const release = await lockWaiting(join(home, "lock"), `build of ${tools.title}`, ({ pid, purpose }) =>
    progress.say(`waiting for the ${purpose} by process ${pid}`),
  );
  try {
    // The folder is moved into place complete, so its existence says that the build succeeded.
    if (!existsSync(bin)) await buildInto(bin, tools, progress, signal);
  } finally {
    release();
  }
  return bin;
}

async function digestOf(module: string): Promise<string> {
  const files = (await readdir(module, { recursive: true })).filter((file) => /\.(?:go|mod|sum)$/.test(file));
  const texts = await Promise.all(files.toSorted().map((file) => readFile(join(module, file), "utf8")));
  return createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 8);
}

async function buildInto(bin: string, { title, module, takes }: GoTools, progress: Progress, signal: AbortSignal) {
  const unfinished = `${bin}-unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  let packages = 0;
  const task = progress.start(`building ${title} (once per version, ${takes})`);
  try {
    await go(["install", "-v", "-ldflags", "-s -w", "tool"], {
      cwd: module,
      env: { GOBIN: unfinished },
      signal,
      onLine: () => task.update(`${++packages} packages`),
    });
  } finally {
    task.end();
  }
  await rename(unfinished, bin);
}
