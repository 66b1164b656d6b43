import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import type { Bench } from "../clusterSupport.ts";

export const STACK = "dev";
/** Opens the secrets in the state; they were made for the fixture and guard nothing. */
export const PASSPHRASE = "known to everybody";

/** Stands in a fixture for the folder of data directory and testbed. */
const ROOT = "<root>";

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

const schema = z.object({
  /** Without the namespace of their keys. */
  settings: z.record(z.string(), z.unknown()),
  /** The file of the local backend, its secrets encrypted with the passphrase. */
  state: z.looseObject({
    checkpoint: z.looseObject({
      latest: z.looseObject({
        secrets_providers: z.looseObject({ state: z.looseObject({ salt: z.string() }) }),
      }),
    }),
  }),
  /** What the stack has in its cluster, in the order of its making, and by which name it manages the fields. */
  objects: z.array(z.object({ manager: z.string(), object: objectSchema })),
});

/** A stack as an earlier version left it: its settings, its state, and its objects in the cluster. */
export type Fixture = z.infer<typeof schema>;

/** Where the fixture of a version is. */
export function pathOf(version: string): string {
  return join(import.meta.dirname, "../../fixtures/upgrade", `${version}.json.gz`);
}

export function readFixture(version: string): Fixture {
  return schema.parse(JSON.parse(gunzipSync(readFileSync(pathOf(version))).toString()));
}

/** @param home data directory that the stack was made with; the state names the kubeconfig beside it */
export function writeFixture(version: string, home: string, fixture: unknown): void {
  const text = JSON.stringify(schema.parse(fixture)).replaceAll(dirname(home), ROOT);
  writeFileSync(pathOf(version), gzipSync(text, { level: 9 }));
}

/** The state file of the stack in the local backend of a data directory. */
export function stateFile(home: string): string {
  return join(home, "state/.pulumi/stacks/homeslice", `${STACK}.json`);
}

/** Brings a fixture to life: the objects into the cluster, the state and the settings where the command line finds them. */
export async function restoreFixture(bench: Bench, { settings, state, objects }: Fixture): Promise<void> {
  for (const { manager, object } of objects) await apply(bench, object, manager);
  const file = stateFile(bench.home);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(join(bench.home, "state/.pulumi/meta.yaml"), "version: 1\n");
  writeFileSync(file, JSON.stringify(state).replaceAll(ROOT, dirname(bench.home)));
  const { salt } = state.checkpoint.latest.secrets_providers.state;
  const path = bench.configure(STACK, settings);
  writeFileSync(path, `encryptionsalt: ${salt}\n${readFileSync(path, "utf8")}`);
}

async function apply({ kube }: Bench, object: z.infer<typeof objectSchema>, manager: string): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = resourcesSchema.parse((await kube.get(root)).body);
  const resource = resources.find((one) => one.kind === kind && !one.name.includes("/"));
  if (!resource) throw new Error(`the cluster knows no ${kind} of ${apiVersion}`);
  const namespace = resource.namespaced ? `/namespaces/${metadata.namespace}` : "";
  const path = `${root}${namespace}/${resource.name}/${metadata.name}`;
  await kube.request("PATCH", `${path}?fieldManager=${manager}&force=true`, {
    contentType: "application/apply-patch+yaml",
    body: object,
  });
}

const resourcesSchema = z.object({
  resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});
