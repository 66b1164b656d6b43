import type { Parameters, ParameterValue } from "@homeslice/protocol";

/** What a value stands for: a parameter of the workflow, or an output of a step. */
export type Reference =
  | { readonly type: "parameter"; readonly name: string }
  | { readonly type: "output"; readonly step: string; readonly name: string };

const NAME = "[a-z][a-z0-9_]*";
const REFERENCE = new RegExp(`^\\{\\{\\s*(?:parameters\\.(${NAME})|steps\\.(${NAME})\\.(${NAME}))\\s*\\}\\}$`);

/** What a value stands for; undefined when it is what it is. */
export function referenceIn(value: ParameterValue): Reference | undefined {
  const [, parameter, step, output] = (typeof value === "string" && REFERENCE.exec(value)) || [];
  if (parameter !== undefined) return { type: "parameter", name: parameter };
  return step === undefined || output === undefined ? undefined : { type: "output", step, name: output };
}

/** Whether a value looks like a reference and is none, or is a list with one among its items. */
export function isMalformed(value: ParameterValue): boolean {
  if (Array.isArray(value)) return value.some((item) => typeof item === "string" && item.includes("{{"));
  return typeof value === "string" && value.includes("{{") && referenceIn(value) === undefined;
}

/** What references stand for, by name. */
export interface Values {
  readonly parameters: Parameters;
  /** Outputs by step. */
  readonly outputs: ReadonlyMap<string, Parameters>;
}

/** Puts values in place of references; a parameter whose value is not there is left out. */
export function resolve(given: Parameters, values: Values): Parameters {
  const resolved: Record<string, ParameterValue> = {};
  for (const [name, value] of Object.entries(given)) {
    const reference = referenceIn(value);
    const meant = reference === undefined ? value : meantBy(reference, values);
    if (meant !== undefined) resolved[name] = meant;
  }
  return resolved;
}

function meantBy(reference: Reference, { parameters, outputs }: Values): ParameterValue | undefined {
  const among = reference.type === "parameter" ? parameters : (outputs.get(reference.step) ?? {});
  return Object.hasOwn(among, reference.name) ? among[reference.name] : undefined;
}
