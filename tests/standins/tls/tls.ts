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
import { containsUnknown, textAt, unknownValue, type Values, withoutNulls } from "@homeslice/plugin/values.ts";
import { z } from "zod";
import { makers } from "./certificates.ts";

/** Keys and certificates that are made once and kept in the state, until an input changes or the time of renewal comes. */
export class TlsProvider implements Provider {
  readonly version = "5.6.1";
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  async configure(): Promise<void> {}

  configReplaces(): readonly string[] {
    return [];
  }

  async check({ type, inputs: given }: CheckCall): Promise<CheckResult> {
    const inputs = withoutNulls(given);
    if (containsUnknown(inputs)) return { inputs };
    try {
      makerOf(type).validate(inputs);
      return { inputs };
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      const failures = error.issues.map(({ path, message }) => ({ property: path.join("."), reason: message }));
      return { inputs, failures };
    }
  }

  async diff({ oldInputs, oldOutputs, inputs }: DiffCall): Promise<DiffResult> {
    const changes = difference(oldInputs, inputs);
    const renewal = { path: "readyForRenewal", kind: "update" } as const;
    return { changes: this.#isDue(inputs, oldOutputs) ? [...changes, renewal] : changes, replaces: () => true };
  }

  /** Whether a certificate is so close to its end that a new one has to take its place. */
  #isDue(inputs: Values, outputs: Values): boolean {
    const end = textAt(outputs, "validityEndTime");
    const early = Number(inputs["earlyRenewalHours"] ?? 0) * 3_600_000;
    return end !== "" && this.#now().getTime() >= Date.parse(end) - early;
  }

  async create({ type, inputs, preview }: CreateCall): Promise<{ id: string; outputs: Values }> {
    const { make, computed } = makerOf(type);
    if (!preview) return { id: crypto.randomUUID(), outputs: { ...inputs, ...(await make(inputs, this.#now())) } };
    return { id: "", outputs: { ...inputs, ...Object.fromEntries(computed.map((key) => [key, unknownValue])) } };
  }

  async read({ oldInputs, oldOutputs, type }: ReadCall): Promise<{ inputs: Values; outputs: Values }> {
    if (Object.keys(oldOutputs).length === 0) throw new Error(`the stand-in does not import ${type}`);
    return { inputs: oldInputs, outputs: oldOutputs };
  }

  async update(): Promise<Values> {
    throw new Error("keys and certificates are replaced, never updated");
  }

  async delete(): Promise<void> {}

  cancel(): void {}
}

function makerOf(type: string) {
  const found = makers[type];
  if (!found) throw new Error(`the stand-in does not implement ${type}`);
  return found;
}
