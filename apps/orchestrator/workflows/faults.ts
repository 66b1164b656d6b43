import type { Action, NewWorkflow, ParameterDefinition, Parameters, Problem, Step } from "@homeslice/protocol";
import { definitionFault, valueFault } from "../actions/parameters.ts";
import { givenOrDefault, templateFaults } from "../actions/template.ts";
import { inlineTemplate } from "./inline.ts";
import { ancestorsOf, findCircles } from "./order.ts";
import { isMalformed, type Reference, referenceIn } from "./references.ts";
import { definitionOf, fits, typesOf } from "./types.ts";

type Fault = NonNullable<Problem["errors"]>[number];

/** Everything that is wrong with a workflow. @param actions those that it names, as far as they are there */
export function workflowFaults(workflow: NewWorkflow, actions: ReadonlyMap<string, Action>): Fault[] {
  return [...definitionFaults(workflow), ...orderFaults(workflow.steps), ...stepFaults(workflow, actions)];
}

/** What is wrong with the parameters that something is given. */
export function givenFaults(defined: Readonly<Record<string, ParameterDefinition>>, given: Parameters): Fault[] {
  const faults: Fault[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defined, name)) faults.push({ path: name, message: "unknown parameter" });
  }
  for (const [name, definition] of Object.entries(defined)) {
    const value = givenOrDefault(name, definition, given);
    const missing = definition.required ? "required" : undefined;
    const message = value === undefined ? missing : valueFault(value, definition);
    if (message !== undefined) faults.push({ path: name, message });
  }
  return faults;
}

function definitionFaults({ parameters }: NewWorkflow): Fault[] {
  return Object.entries(parameters).flatMap(([name, definition]) => {
    const message = definitionFault(definition);
    return message === undefined ? [] : [{ path: `parameters.${name}`, message }];
  });
}

function orderFaults(steps: readonly Step[]): Fault[] {
  const faults: Fault[] = [];
  const names = steps.map(({ name }) => name);
  for (const [index, { name, needs }] of steps.entries()) {
    if (names.indexOf(name) < index)
      faults.push({ path: `steps.${index}.name`, message: `there is a step "${name}" already` });
    for (const [place, needed] of needs.entries()) {
      if (!names.includes(needed))
        faults.push({ path: `steps.${index}.needs.${place}`, message: `there is no step "${needed}"` });
    }
  }
  for (const circle of findCircles(steps)) {
    const index = names.indexOf(circle[0] ?? "");
    faults.push({ path: `steps.${index}.needs`, message: `goes round in a circle: ${circle.join(" needs ")}` });
  }
  return faults;
}

function stepFaults(workflow: NewWorkflow, actions: ReadonlyMap<string, Action>): Fault[] {
  return workflow.steps.flatMap((step, index) => {
    if (step.execution === undefined) return [];
    const at = `steps.${index}.execution`;
    const { action_template_id: actionId, parameters } = step.execution;
    const action = actionId === undefined ? undefined : actions.get(actionId);
    if (actionId !== undefined && action === undefined)
      return [{ path: `${at}.action_template_id`, message: `there is no action ${actionId}` }];
    const defined = action?.parameters ?? typesOf(workflow, parameters);
    const faults = [...valueFaults(workflow, step, parameters, defined), ...operationFaults(step, defined)];
    return faults.map(({ path, message }) => ({ path: `${at}.${path}`, message }));
  });
}

type Definitions = Readonly<Record<string, ParameterDefinition>>;

function operationFaults({ execution }: Step, defined: Definitions): Fault[] {
  if (execution?.operation === undefined) return [];
  return templateFaults(inlineTemplate(execution.operation, defined)).flatMap(({ path, message }) =>
    path.startsWith("body.operation.") ? [{ path: path.slice("body.".length), message }] : [],
  );
}

/** What is wrong with the values of a step: those that stand for themselves, and those that refer to something. */
function valueFaults(workflow: NewWorkflow, step: Step, given: Parameters, defined: Definitions): Fault[] {
  const faults: Fault[] = [];
  const literals: Record<string, Parameters[string]> = {};
  const referring = new Set<string>();
  for (const [name, value] of Object.entries(given)) {
    const reference = referenceIn(value);
    const wanted = Object.hasOwn(defined, name) ? defined[name] : undefined;
    if (reference === undefined && !isMalformed(value)) {
      literals[name] = value;
      continue;
    }
    referring.add(name);
    const message = reference === undefined ? MALFORMED : referenceFault(workflow, step, reference, wanted);
    if (message !== undefined) faults.push({ path: `parameters.${name}`, message });
  }
  const rest = givenFaults(defined, literals).filter(({ path }) => !referring.has(path));
  return [...faults, ...rest.map(({ path, message }) => ({ path: `parameters.${path}`, message }))];
}

const MALFORMED = "a reference is a whole value: write {{parameters.NAME}} or {{steps.STEP.OUTPUT}} and nothing else";

function referenceFault(
  workflow: NewWorkflow,
  { name }: Step,
  reference: Reference,
  wanted: ParameterDefinition | undefined,
): string | undefined {
  const meant = definitionOf(workflow, reference);
  if (meant === undefined) return unknown(workflow, reference);
  if (reference.type === "output" && !ancestorsOf(workflow.steps, name).has(reference.step))
    return `"${name}" does not need "${reference.step}", itself or through others: it may begin before`;
  if (wanted === undefined) return "unknown parameter";
  if (!fits(meant.type, wanted.type))
    return `is of type ${meant.type}, and the action takes one of type ${wanted.type}`;
  return undefined;
}

function unknown({ steps }: NewWorkflow, reference: Reference): string {
  if (reference.type === "parameter") return `the workflow has no parameter "${reference.name}"`;
  return steps.some(({ name }) => name === reference.step)
    ? `the step "${reference.step}" has no output "${reference.name}"`
    : `there is no step "${reference.step}"`;
}
