import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { cacheDirectory } from "@homeslice/cli/cluster/home.ts";
import { lockWaiting } from "@homeslice/cli/process/fileLock.ts";
import { UserError } from "@homeslice/config";
import { type Build, ensureBuild } from "./build.ts";
import { KubeClient } from "./client.ts";
import * as controlplane from "./controlplane.ts";
import { adminKubeconfig, ensureCredentials } from "./credentials.ts";
import { ensureForwardKind } from "./forwards.ts";
import { ensureNodes, readyNodes } from "./nodes.ts";
import { isOurs, type ProcessRecord, type ProcessSpec, startProcess, stopProcesses } from "./processes.ts";
import { type Progress, silentProgress } from "./progress.ts";
import { choosePorts, readState, type State, writeState } from "./state.ts";
import { ensureStorageClass, removeVolumeFolders } from "./storage.ts";

export interface TestbedOptions {
  /** Folder of programs that are built once. @default HOMESLICE_CACHE, or ~/.cache/homeslice */
  readonly cache?: string;
  /** Folder of this testbed: data, logs, kubeconfig. @default `testbed/run` in the cache */
  readonly dir?: string;
  /** Number of simulated nodes. @default 3 */
  readonly nodes?: number;
  /** @default silent */
  readonly progress?: Progress;
  /** Gives up starting and ends what was started when aborted. @default never */
  readonly signal?: AbortSignal;
}

/** A testbed that is ready to be used. */
export interface Testbed {
  /** Path of the kubeconfig; the file exists only while the testbed is up. */
  readonly kubeconfig: string;
  /** Address of the API server. */
  readonly server: string;
  readonly version: string;
  readonly nodes: number;
}

const startTimeoutMs = 90_000;

/** etcd, API server, controller manager, scheduler, kwok. */
const parts = 5;

/** Makes the testbed run, whatever state its folder is in; at once when it runs already. */
export async function up(options: TestbedOptions = {}): Promise<Testbed> {
  const { cache, dir, nodes, progress, signal } = withDefaults(options);
  const build = await ensureBuild(cache, progress, signal);
  return exclusively(dir, progress, async () => {
    const state = await readState(dir);
    if (state?.version === build.version && (await isComplete(state, dir))) {
      const client = await KubeClient.fromFile(kubeconfigOf(dir));
      await ensureNodes(client, nodes);
      await until("the nodes are ready", async () => (await readyNodes(client)) === nodes, signal);
      client.close();
      return { kubeconfig: kubeconfigOf(dir), server: client.server, version: build.version, nodes };
    }
    if (state) await end(dir, state);
    return start({ build, dir, nodes, signal }, state?.ports);
  });
}

/** Ends every process of the testbed and removes its kubeconfig; the data stay for the next `up`. */
export async function down(options: TestbedOptions = {}): Promise<void> {
  const { dir, progress } = withDefaults(options);
  await exclusively(dir, progress, async () => {
    const state = await readState(dir);
    if (state) await end(dir, state);
  });
}

/** Makes the testbed run with nothing in it. */
export async function reset(options: TestbedOptions = {}): Promise<Testbed> {
  const { cache, dir, nodes, progress, signal } = withDefaults(options);
  const build = await ensureBuild(cache, progress, signal);
  return exclusively(dir, progress, async () => {
    const state = await readState(dir);
    if (state) {
      if (await isComplete(state, dir)) await removeVolumes(dir);
      await end(dir, state);
    }
    await rm(controlplane.etcdData(dir), { recursive: true, force: true });
    return start({ build, dir, nodes, signal }, state?.ports);
  });
}

/** A testbed for one test suite, in a folder of its own. */
export async function startTestbed(options: TestbedOptions & { readonly dir: string }) {
  return {
    ...(await up(options)),
    stop: () => down(options),
    reset: async (): Promise<void> => {
      await reset(options);
    },
  };
}

function withDefaults(options: TestbedOptions): Required<TestbedOptions> {
  const cache = options.cache ?? cacheDirectory(process.env);
  const dir = resolve(options.dir ?? join(cache, "testbed/run"));
  return {
    cache,
    dir,
    nodes: options.nodes ?? 3,
    progress: options.progress ?? silentProgress,
    signal: options.signal ?? new AbortController().signal,
  };
}

const kubeconfigOf = (dir: string) => join(dir, "kubeconfig");

async function exclusively<T>(dir: string, progress: Progress, work: () => Promise<T>): Promise<T> {
  await mkdir(join(dir, "logs"), { recursive: true });
  const release = await lockWaiting(join(dir, "lock"), "testbed", ({ pid }) =>
    progress.say(`waiting for process ${pid}, which is busy with this testbed`),
  );
  try {
    return await work();
  } finally {
    release();
  }
}

async function isComplete(state: State, dir: string): Promise<boolean> {
  if (state.ports.kubelet === 0) return false; // started by a version that forwarded no ports
  const alive = await Promise.all(state.processes.map(({ pid }) => isOurs(pid, dir)));
  return alive.length === parts && alive.every(Boolean);
}

interface Start {
  readonly build: Build;
  readonly dir: string;
  readonly nodes: number;
  readonly signal: AbortSignal;
}

async function start({ build, dir, nodes, signal }: Start, previous?: State["ports"]): Promise<Testbed> {
  const ports = await choosePorts(previous);
  const layout = { bin: build.bin, dir, ports, credentials: await ensureCredentials(dir) };
  const state: State = { version: build.version, ports, processes: [] };
  const launch = async (...specs: ProcessSpec[]) => {
    for (const spec of specs) {
      state.processes.push(await startProcess(spec));
      await writeState(dir, state); // at once, so that whoever comes after a kill finds what to end
    }
  };
  try {
    await launch(controlplane.etcd(layout), controlplane.apiserver(layout));
    const server = `https://127.0.0.1:${ports.apiserver}`;
    const client = await clientWhenReady(layout, server, state.processes, signal);
    await launch(controlplane.controllerManager(layout), controlplane.scheduler(layout));
    await ensureForwardKind(client);
    await launch(controlplane.kwok(layout, await stageFiles(build)));
    await ensureStorageClass(client);
    await ensureNodes(client, nodes);
    await until(
      "the nodes are ready",
      async () => {
        await assertRunning(state.processes, dir);
        return (await readyNodes(client)) === nodes && (await hasDefaultServiceAccount(client));
      },
      signal,
    );
    client.close();
    await publish(layout);
    return { kubeconfig: kubeconfigOf(dir), server, version: build.version, nodes };
  } catch (error) {
    await end(dir, state);
    throw error;
  }
}

async function clientWhenReady(
  layout: controlplane.Layout,
  server: string,
  processes: readonly ProcessRecord[],
  signal: AbortSignal,
): Promise<KubeClient> {
  const internal = controlplane.internalKubeconfig(layout);
  await until(
    "the API server answers",
    async () => {
      await assertRunning(processes, layout.dir);
      await writeFile(internal, await adminKubeconfig(layout.credentials, server), { mode: 0o600 });
      const client = await KubeClient.fromFile(internal);
      await client.get("/readyz");
      client.close();
      return true;
    },
    signal,
  );
  return KubeClient.fromFile(internal);
}

/** Namespaces admit pods only once the controller manager has given them their service account. */
async function hasDefaultServiceAccount(client: KubeClient): Promise<boolean> {
  return (await client.find("/api/v1/namespaces/default/serviceaccounts/default")) !== undefined;
}

/** How simulated things behave: kwok's own stages for nodes and pods, ours for what controllers outside would do. */
async function stageFiles(build: Build): Promise<string[]> {
  const folders = [join(build.bin, "stages"), join(import.meta.dirname, "stages")];
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((file) => join(folder, file))),
  );
  return files.flat();
}

/** The kubeconfig appears complete, and only when everything behind it works. */
async function publish(layout: controlplane.Layout): Promise<void> {
  const target = kubeconfigOf(layout.dir);
  await writeFile(`${target}.new`, await readFile(controlplane.internalKubeconfig(layout)), { mode: 0o600 });
  await chmod(`${target}.new`, 0o600);
  await rename(`${target}.new`, target);
}

async function end(dir: string, state: State): Promise<void> {
  await rm(kubeconfigOf(dir), { force: true });
  await stopProcesses(state.processes, dir);
  await writeState(dir, { ...state, processes: [] });
}

async function removeVolumes(dir: string): Promise<void> {
  const client = await KubeClient.fromFile(kubeconfigOf(dir));
  await removeVolumeFolders(client);
  client.close();
}

async function assertRunning(processes: readonly ProcessRecord[], dir: string): Promise<void> {
  for (const { name, pid } of processes) {
    if (await isOurs(pid, dir)) continue;
    const log = join(dir, "logs", `${name}.log`);
    throw new UserError({
      code: "testbed.ended",
      what: `${name} ended while starting:\n${(await readFile(log, "utf8")).trim().split("\n").slice(-8).join("\n")}`,
      where: log,
      fix: "When its data are damaged, `./homeslice testbed reset` starts with empty ones.",
    });
  }
}

/** Polls until `condition` holds; it may throw while it does not yet, a UserError ends the wait. */
async function until(what: string, condition: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    try {
      if (await condition()) return;
    } catch (error) {
      if (error instanceof UserError) throw error;
      last = error;
    }
    await delay(50);
  }
  throw new UserError(
    {
      code: "testbed.slow",
      what: `after ${startTimeoutMs / 1000} s it is still not so that ${what}${last instanceof Error ? `: ${last.message}` : ""}`,
      where: "testbed",
      fix: "Run it again when the machine is less busy; the logs are in the testbed's folder.",
    },
    { cause: last },
  );
}
