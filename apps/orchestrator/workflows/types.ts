import { type NewWorkflow, ParameterDefinition, type Parameters, type ParameterValue } from "@homeslice/protocol";
import { type Reference, referenceIn } from "./references.ts";

type Type = ParameterDefinition["type"];

/** What a reference stands for, whatever its value will be; undefined when there is nothing of this name. */
export function definitionOf(workflow: NewWorkflow, reference: Reference): ParameterDefinition | undefined {
  if (reference.type === "parameter") return own(workflow.parameters, reference.name);
  const outputs = workflow.steps.find(({ name }) => name === reference.step)?.outputs ?? {};
  const output = own(outputs, reference.name);
  return output && ParameterDefinition.parse({ type: output.type, validation: output.validation });
}

/** What the values of a step are, for an operation that has no action to say so: each has to be there. */
export function typesOf(workflow: NewWorkflow, given: Parameters): Record<string, ParameterDefinition> {
  const types: Record<string, ParameterDefinition> = {};
  for (const [name, value] of Object.entries(given)) {
    const reference = referenceIn(value);
    const meant = reference && definitionOf(workflow, reference);
    const { default: _, ...definition } = meant ?? ParameterDefinition.parse({ type: typeOf(value) });
    types[name] = { ...definition, required: true };
  }
  return types;
}

/** Whether what is of one type may be given where another is asked for; the value itself is checked when it is there. */
export function fits(given: Type, wanted: Type): boolean {
  const texts: readonly Type[] = ["string", "enum", "server"];
  return (
    given === wanted ||
    (wanted === "number" && given === "integer") ||
    (texts.includes(given) && texts.includes(wanted))
  );
}

function own<T>(named: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
}

function typeOf(value: ParameterValue): Type {
  if (Array.isArray(value)) return "list";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "number";
  return typeof value === "boolean" ? "boolean" : "string";
}
