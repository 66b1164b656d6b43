import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import type { EngineCommand } from "./engineCommand.ts";

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  protect: z.boolean().optional(),
  dependencies: z.array(z.string()).nullish(),
  provider: z.string().optional(),
  outputs: z.record(z.string(), z.unknown()).nullish(),
  inputs: z
    .looseObject({
      uid: z.string().optional().catch(undefined),
      metadata: z
        .looseObject({ name: z.string().optional(), namespace: z.string().optional() })
        .optional()
        .catch(undefined),
    })
    .optional(),
});
export type Resource = z.infer<typeof resourceSchema>;

const stateSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z
      .array(resourceSchema)
      .nullish()
      .transform((list) => list ?? []),
    pending_operations: z
      .array(z.looseObject({ type: z.string(), resource: resourceSchema }))
      .nullish()
      .transform((list) => list ?? []),
  }),
});
type State = z.infer<typeof stateSchema>;

/** What the engine knows about a stack; its secrets stay encrypted. */
export async function exportState(stack: Stack, command: EngineCommand): Promise<State> {
  const { workDir, envVars } = stack.workspace;
  const { stdout } = await command.run(["stack", "export", "--stack", stack.name], workDir, envVars);
  return stateSchema.parse(JSON.parse(stdout));
}

/** The resources that each one waits for, by URN; its provider is one of them. */
export function dependenciesIn(resources: readonly Resource[]): Map<string, string[]> {
  return new Map(
    resources.map(({ urn, dependencies, provider }) => [urn, [...(dependencies ?? []), ...providerUrn(provider)]]),
  );
}

/** The state names a provider by its URN and its id. */
function providerUrn(reference = ""): string[] {
  const end = reference.lastIndexOf("::");
  return end < 0 ? [] : [reference.slice(0, end)];
}

async function importState(stack: Stack, command: EngineCommand, state: State): Promise<void> {
  const { workDir, envVars } = stack.workspace;
  const file = join(workDir, "state.json");
  writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  try {
    await command.run(["stack", "import", "--stack", stack.name, "--file", file], workDir, envVars);
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Brings the state up to date after a run that was killed in the middle of operations. What became of updates and
 * deletions a refresh finds out. Of creations the engine knows no more than that they had begun: an object in the
 * cluster has a fixed name, so it is put into the state as if it were there, and the refresh drops it if it is not;
 * anything else is forgotten and created again.
 */
export async function settlePending(
  stack: Stack,
  command: EngineCommand,
  say: (line: string) => void,
  leftOut: () => Promise<string[]>,
): Promise<void> {
  const state = await exportState(stack, command);
  const pending = state.deployment.pending_operations;
  if (pending.length === 0) return;
  const operations = pending.length === 1 ? "1 operation" : `${pending.length} operations`;
  say(`the last run was killed in the middle of ${operations}: asking the cluster what became of them`);
  await importState(stack, command, withCreated(state));
  await stack.refresh({ color: "never", exclude: await leftOut() });
}

/** The state in which every creation that had begun counts as done where the object can be found by its name. */
export function withCreated(state: State): State {
  const { resources, pending_operations: pending } = state.deployment;
  const known = new Set(resources.map(({ urn }) => urn));
  const creations = pending.filter(({ type, resource }) => type === "creating" && !known.has(resource.urn));
  const adopted = creations.flatMap(({ resource }) => {
    const id = idOf(resource);
    return id ? [{ ...resource, id }] : [];
  });
  const others = pending.filter(({ type }) => type !== "creating");
  return {
    ...state,
    deployment: { ...state.deployment, resources: [...resources, ...adopted], pending_operations: others },
  };
}

/** How the provider identifies an object whose name the program has given. */
function idOf({ type, inputs }: Resource): string | undefined {
  const { name, namespace } = inputs?.metadata ?? {};
  // The one organisation that Grafana has by itself, and the uid.
  if (type.startsWith("grafana:oss/") && inputs?.uid !== undefined) return `1:${inputs.uid}`;
  if (!type.startsWith("kubernetes:") || !name) return undefined;
  return namespace ? `${namespace}/${name}` : name;
}
