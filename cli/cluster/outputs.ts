import type { OutputMap, Stack } from "@pulumi/pulumi/automation/index.js";
import type { EngineCommand } from "./engineCommand.ts";
import { exportState, type Resource } from "./state.ts";

/** The key by which the engine marks a secret in its state. */
const SECRET = "4dabf18193072939515e22adb298388d";

/** The outputs of a stack as its state has them; only where any is a secret, the engine is asked to decrypt them. */
export async function outputsOf(stack: Stack, command: EngineCommand): Promise<OutputMap> {
  const { resources } = (await exportState(stack, command)).deployment;
  return readableOutputs(resources) ?? stack.workspace.stackOutputs(stack.name);
}

/** The outputs that a state has in clear; undefined where any is encrypted. */
export function readableOutputs(resources: readonly Pick<Resource, "type" | "outputs">[]): OutputMap | undefined {
  const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  if (JSON.stringify(outputs).includes(SECRET)) return undefined;
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value, secret: false }]));
}
