import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { lockWaiting } from "@homeslice/cli/process/fileLock.ts";
import { UserError } from "@homeslice/config";
import type { Progress } from "./progress.ts";

/** Go modules that hold nothing but requirements: what they build is named by their `tool` directives. */
const modules = ["controlplane", "nodes"] as const;

/** Stages that make simulated nodes and pods live and die at once; they ship inside kwok's own module. */
const stageFolders = ["node/fast", "node/heartbeat-with-lease", "pod/fast"];

export interface Build {
  /** Kubernetes version with a digest of everything the build depends on, such as `v1.36.3-1a2b3c4d`. */
  readonly version: string;
  /** Folder of etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl, kwok and `stages/`. */
  readonly bin: string;
}

/** Builds the control plane once per version; at once afterwards. */
export async function ensureBuild(cache: string, progress: Progress): Promise<Build> {
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
    await buildInto(unfinished, version, progress);
    await rename(unfinished, bin);
  } finally {
    release();
  }
  return { version, bin };
}

async function buildVersion(): Promise<string> {
  const texts = await Promise.all(
    modules.flatMap((name) => ["go.mod", "go.sum"].map((file) => readFile(join(moduleFolder(name), file), "utf8"))),
  );
  const kubernetes = /^require k8s\.io\/kubernetes (v\S+)/m.exec(texts.join("\n"))?.[1] ?? "unknown";
  const digest = createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 8);
  return `${kubernetes}-${digest}`;
}

function moduleFolder(name: (typeof modules)[number]): string {
  return join(import.meta.dirname, name);
}

async function removeLeftovers(home: string): Promise<void> {
  const names = (await readdir(home)).filter((name) => name.startsWith("unfinished-"));
  await Promise.all(names.map((name) => rm(join(home, name), { recursive: true })));
}

async function buildInto(bin: string, version: string, progress: Progress): Promise<void> {
  const kubernetes = version.split("-")[0] ?? version;
  await installTools("controlplane", `etcd and Kubernetes ${kubernetes}`, bin, stamps(kubernetes), progress);
  await rename(join(bin, "server"), join(bin, "etcd"));
  await installTools("nodes", "the simulated nodes", bin, [], progress);
  const [kwok = ""] = await go(["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"], "nodes", {});
  for (const folder of stageFolders) {
    await cp(join(kwok, "kustomize/stage", folder), join(bin, "stages", folder), {
      recursive: true,
      filter: (path) => !path.includes("testdata"),
    });
  }
}

/** Linker flags: without them the API server does not know its own version. */
function stamps(kubernetes: string): string[] {
  const [major = "", minor = ""] = kubernetes.slice(1).split(".");
  const values = { gitVersion: kubernetes, gitMajor: major, gitMinor: minor };
  return Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
}

async function installTools(
  name: (typeof modules)[number],
  what: string,
  bin: string,
  ldflags: readonly string[],
  progress: Progress,
): Promise<void> {
  const task = progress.start(`building ${what} (once per version, some minutes)`);
  let packages = 0;
  try {
    await go(["install", "-v", "-ldflags", ["-s", "-w", ...ldflags].join(" "), "tool"], name, {
      env: { GOBIN: bin },
      onLine: () => task.update(`${++packages} packages`),
    });
  } finally {
    task.end();
  }
}

interface GoOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Called for each line of stderr. */
  readonly onLine?: (line: string) => void;
}

/** Runs the go command in the folder of a module; the lines of its stdout. */
async function go(args: readonly string[], name: (typeof modules)[number], options: GoOptions): Promise<string[]> {
  const child = spawn("go", args, {
    cwd: moduleFolder(name),
    env: { ...process.env, GOFLAGS: "-mod=readonly", GOWORK: "off", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.on("data", (chunk) => out.push(String(chunk)));
  child.stderr.on("data", (chunk) => {
    err.push(String(chunk));
    for (const line of String(chunk).split("\n").filter(Boolean)) options.onLine?.(line);
  });
  const [code] = await once(child, "close").catch((error: unknown) => {
    throw goMissing(error);
  });
  if (code === 0) return out.join("").trim().split("\n");
  throw new UserError({
    code: "testbed.build",
    what: `\`go ${args[0]}\` failed:\n${err.join("").trim().split("\n").slice(-15).join("\n")}`,
    where: `tests/testbed/${name}`,
    fix: "Check that this machine reaches its Go module proxy and that the disk has 5 GB free, then run this again.",
  });
}

function goMissing(cause: unknown): UserError {
  return new UserError(
    {
      code: "testbed.go-missing",
      what: "the testbed's control plane is built from source, and `go` is not on PATH",
      fix: "Install Go 1.21 or newer (https://go.dev/dl), then run this again.",
    },
    { cause },
  );
}
