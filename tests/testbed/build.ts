import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lockWaiting } from "@homeslice/cli/process/fileLock.ts";
import { go } from "./go.ts";
import type { Progress } from "./progress.ts";

/** Go modules that hold nothing but requirements: what they build is named by their `tool` directives. */
const modules = ["controlplane", "nodes"] as const;
type ModuleName = (typeof modules)[number];

/** Stages that make simulated nodes and pods live and die at once; they ship inside kwok's own module. */
const stageFolders = ["node/fast", "node/heartbeat-with-lease", "pod/fast"];

export interface Build {
  /** Kubernetes version with a digest of everything the build depends on, such as `v1.36.3-1a2b3c4d`. */
  readonly version: string;
  /** Folder of etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl, kwok and `stages/`. */
  readonly bin: string;
}

/** Builds the control plane once per version; at once afterwards. */
export async function ensureBuild(cache: string, progress: Progress, signal: AbortSignal): Promise<Build> {
  const version = await buildVersion();
  const home = join(cache, "testbed", version);
  const bin = join(home, "bin");
  // The folder is moved into place complete, so its existence says that the build succeeded.
  if (existsSync(bin)) return { version, bin };
  const release = await lockWaiting(join(home, "lock"), "build of the testbed", ({ pid, purpose }) =>
    progress.say(`waiting for the ${purpose} by process ${pid}`),
  );
  try {
    if (existsSync(bin)) return { version, bin };
    await removeLeftovers(home);
    const unfinished = join(home, `unfinished-${process.pid}`);
    await mkdir(unfinished);
    await buildInto(unfinished, version, progress, signal);
    await rename(unfinished, bin);
  } finally {
    release();
  }
  return { version, bin };
}

async function buildVersion(): Promise<string> {
  const pins = modules.flatMap((name) => ["go.mod", "go.sum"].map((file) => join(moduleFolder(name), file)));
  const texts = await Promise.all([...pins, import.meta.filename].map((path) => readFile(path, "utf8")));
  const kubernetes = /^require k8s\.io\/kubernetes (v\S+)/m.exec(texts.join("\n"))?.[1] ?? "unknown";
  const digest = createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 8);
  return `${kubernetes}-${digest}`;
}

function moduleFolder(name: ModuleName): string {
  return join(import.meta.dirname, name);
}

async function removeLeftovers(home: string): Promise<void> {
  const names = (await readdir(home)).filter((name) => name.startsWith("unfinished-"));
  await Promise.all(names.map((name) => rm(join(home, name), { recursive: true })));
}

async function buildInto(bin: string, version: string, progress: Progress, signal: AbortSignal): Promise<void> {
  const kubernetes = version.split("-")[0] ?? version;
  const install = (name: ModuleName, ldflags: readonly string[]) => {
    const args = ["install", "-v", "-ldflags", ["-s", "-w", ...ldflags].join(" "), "tool"];
    let packages = 0;
    return go(args, {
      cwd: moduleFolder(name),
      env: { GOBIN: bin },
      signal,
      onLine: () => task.update(`${++packages} packages`),
    });
  };
  const task = progress.start(`building the control plane ${kubernetes} and kwok (once per version, some minutes)`);
  try {
    await install("controlplane", stamps(kubernetes));
    await install("nodes", []);
  } finally {
    task.end();
  }
  await rename(join(bin, "server"), join(bin, "etcd"));
  await copyStages(join(bin, "stages"), signal);
}

/** Not copied as folders, for those of Go's module cache are write-protected. */
async function copyStages(target: string, signal: AbortSignal): Promise<void> {
  const list = ["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"];
  const [kwok = ""] = await go(list, { cwd: moduleFolder("nodes"), signal });
  await mkdir(target);
  for (const folder of stageFolders) {
    const names = (await readdir(join(kwok, "kustomize/stage", folder))).filter((name) =>
      /^(node|pod)-.*\.yaml$/.test(name),
    );
    for (const name of names) {
      await writeFile(join(target, name), await readFile(join(kwok, "kustomize/stage", folder, name)));
    }
  }
}

/** Linker flags: without them the API server does not know its own version. */
function stamps(kubernetes: string): string[] {
  const [major = "", minor = ""] = kubernetes.slice(1).split(".");
  const values = { gitVersion: kubernetes, gitMajor: major, gitMinor: minor };
  return Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
}
