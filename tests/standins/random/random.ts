import { difference } from "@homeslice/plugin/difference.ts";
import type {
  CheckCall,
  CheckResult,
  CreateCall,
  DiffCall,
  DiffResult,
  Provider,
  ReadCall,
} from "@homeslice/plugin/provider.ts";
import { containsUnknown, unknownValue, type Values, withoutNulls } from "@homeslice/plugin/values.ts";
import { z } from "zod";
import { generators } from "./generators.ts";

/** Random values that are made once and kept in the state; any changed input makes a new one. */
export class RandomProvider implements Provider {
  readonly version = "4.21.2";

  async configure(): Promise<void> {}

  configReplaces(): readonly string[] {
    return [];
  }

  async check({ type, inputs: given }: CheckCall): Promise<CheckResult> {
    const inputs = withoutNulls(given);
    if (containsUnknown(inputs)) return { inputs };
    try {
      generatorOf(type).validate(inputs);
      return { inputs };
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      const failures = error.issues.map(({ path, message }) => ({ property: path.join("."), reason: message }));
      return { inputs, failures };
    }
  }

  async diff({ oldInputs, inputs }: DiffCall): Promise<DiffResult> {
    return { changes: difference(oldInputs, inputs), replaces: () => true };
  }

  async create({ type, inputs, preview }: CreateCall): Promise<{ id: string; outputs: Values }> {
    const { generate, computed } = generatorOf(type);
    if (!preview) return generate(inputs);
    return { id: "", outputs: { ...inputs, ...Object.fromEntries(computed.map((key) => [key, unknownValue])) } };
  }

  async read({ oldInputs, oldOutputs, type }: ReadCall): Promise<{ inputs: Values; outputs: Values }> {
    if (Object.keys(oldOutputs).length === 0) throw new Error(`the stand-in does not import ${type}`);
    return { inputs: oldInputs, outputs: oldOutputs };
  }

  async update(): Promise<Values> {
    throw new Error("random values are replaced, never updated");
  }

  async delete(): Promise<void> {}

  cancel(): void {}
}

function generatorOf(type: string) {
  const found = generators[type];
  if (!found) throw new Error(`the stand-in does not implement ${type}`);
  return found;
}
