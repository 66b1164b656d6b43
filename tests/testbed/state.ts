import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { z } from "zod";

const stateSchema = z.object({
  version: z.string(),
  /** Kept over restarts, so that a kubeconfig stays valid. */
  ports: z.object({ etcd: z.number(), etcdPeer: z.number(), apiserver: z.number(), kubelet: z.number().default(0) }),
  /** In the order in which they were started. */
  processes: z.array(z.object({ name: z.string(), pid: z.number() })),
});

/** What a testbed folder remembers of its control plane. */
export type State = z.infer<typeof stateSchema>;

const file = (dir: string) => join(dir, "state.json");

/** The state of the folder, undefined when there is none or it cannot be read. */
export async function readState(dir: string): Promise<State | undefined> {
  const text = await readFile(file(dir), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  return stateSchema.parse(JSON.parse(text));
}

export async function writeState(dir: string, state: State): Promise<void> {
  await writeFile(`${file(dir)}.new`, JSON.stringify(state, null, 2));
  await rename(`${file(dir)}.new`, file(dir));
}

/** The ports of the earlier run where they are still free, else others that are. */
export async function choosePorts(previous: State["ports"] | undefined): Promise<State["ports"]> {
  return {
    etcd: await freePort(previous?.etcd),
    etcdPeer: await freePort(previous?.etcdPeer),
    apiserver: await freePort(previous?.apiserver),
    kubelet: await freePort(previous?.kubelet),
  };
}
