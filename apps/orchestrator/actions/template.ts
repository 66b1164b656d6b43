import {
  ApiError,
  type NewAction,
  Operation,
  type ParameterDefinition,
  type Parameters,
  type ParameterValue,
  placeholder,
} from "@homeslice/protocol";
import { templateOf } from "../operations/index.ts";
import type { Slot } from "../operations/template.ts";
import { definitionFault, valueFault } from "./parameters.ts";

type Fault = { path: string; message: string };

/** Servers that parameters may name, by their ids. */
export type NamedServers = ReadonlyMap<string, { readonly hostname: string; readonly ip_address: string | null }>;

/** What is wrong with a template: parameters that can have no value, and placeholders that can have none. */
export function templateFaults({ operation, parameters }: NewAction): Fault[] {
  const defined = Object.entries(parameters).flatMap(([name, definition]) => {
    const message = definitionFault(definition);
    return message === undefined ? [] : [{ path: `body.parameters.${name}`, message }];
  });
  const placed = templateOf(operation)
    .slots(operation)
    .flatMap((slot) => {
      const message = slotFault(slot, parameters);
      return message === undefined ? [] : [{ path: `body.operation.${slot.path}`, message }];
    });
  return [...defined, ...placed];
}

function slotFault({ text, takesLists, takesSecrets }: Slot, parameters: NewAction["parameters"]): string | undefined {
  const name = placeholder(text);
  if (name === undefined)
    return text.includes("{{")
      ? "a parameter fills a whole argument: write {{name}} as an argument of its own"
      : undefined;
  const definition = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (definition === undefined) return `there is no parameter "${name}"`;
  if (definition.type === "list" && takesLists !== true) return "a list stands among the arguments of a command alone";
  if ((definition.type === "secret") !== (takesSecrets ?? false)) {
    return "the secrets of a command that are from the orchestrator are the place of a secret, and of nothing else";
  }
  return undefined;
}

/**
 * Puts the parameters in their places.
 * @param servers those that the parameters name; what they do not hold is refused
 * @throws ApiError invalid_request naming every parameter that does not fit
 */
export function renderOperation(action: NewAction, given: Parameters, servers: NamedServers = new Map()): Operation {
  const { operation } = action;
  const values = valuesOf(action.parameters, given, servers);
  refuseOptions(action, values);
  const fillAll = (text: string) => {
    const name = placeholder(text);
    return name === undefined ? [text] : (values.get(name) ?? []);
  };
  const filled = templateOf(operation).fill(operation, (text) => fillAll(text)[0], fillAll);
  const parsed = Operation.safeParse(filled);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => ({ path: `operation.${path.join(".")}`, message }));
  throw unfit(faults);
}

/** The value of a parameter: what is given, or its default. */
export function givenOrDefault(
  name: string,
  definition: ParameterDefinition,
  given: Parameters,
): ParameterValue | undefined {
  return Object.hasOwn(given, name) ? given[name] : definition.default;
}

function valuesOf(
  defined: NewAction["parameters"],
  given: Parameters,
  servers: NamedServers,
): Map<string, readonly string[]> {
  const faults: Fault[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defined, name)) faults.push({ path: `body.parameters.${name}`, message: "unknown parameter" });
  }
  const values = new Map<string, readonly string[]>();
  for (const [name, definition] of Object.entries(defined)) {
    const value = givenOrDefault(name, definition, given);
    if (value === undefined) {
      if (definition.required) faults.push({ path: `body.parameters.${name}`, message: "required" });
      continue;
    }
    const filled = valueFault(value, definition) ?? texts(value, definition, servers);
    if (typeof filled === "string") faults.push({ path: `body.parameters.${name}`, message: filled });
    else values.set(name, filled);
  }
  if (faults.length > 0) throw unfit(faults);
  return values;
}

/** What stands in the places of a parameter, or what is wrong with the servers that it names. */
function texts(value: ParameterValue, definition: ParameterDefinition, servers: NamedServers): string[] | string {
  const of = definition.type === "list" ? (definition.items ?? { type: "string" as const }) : definition;
  const items = Array.isArray(value) ? value : [value];
  if (of.type !== "server") return items.map(String);
  const { fills_with = "hostname" } = of;
  const found: string[] = [];
  for (const id of items.map(String)) {
    const server = servers.get(id);
    if (server === undefined) return `there is no server ${id}`;
    const text = fills_with === "server_id" ? id : server[fills_with];
    if (text === null) return `server ${server.hostname} has no known address`;
    found.push(text);
  }
  return found;
}

/** Types of which every value is harmless as an argument: numbers and the like are never taken for options of a name. */
const plain: readonly ParameterDefinition["type"][] = ["integer", "number", "boolean"];

/** A text that begins with a dash is an option to most commands: it is meant only where the template says so. */
function refuseOptions({ operation, parameters }: NewAction, values: ReadonlyMap<string, readonly string[]>): void {
  const message =
    "must not begin with a dash, or it would be an option of the command: list it in one_of, or put -- before its place";
  const slots = templateOf(operation)
    .slots(operation)
    .filter(({ takesOptions }) => takesOptions);
  const names = new Set(slots.flatMap(({ text }) => placeholder(text) ?? []));
  const faults = [...names].flatMap((name) => {
    const definition = parameters[name];
    if (definition === undefined) return [];
    const { type, validation } = definition.items ?? definition;
    const options = (values.get(name) ?? []).filter((value) => value.startsWith("-"));
    if (plain.includes(type) || options.every((option) => validation.one_of?.includes(option))) return [];
    return [{ path: `body.parameters.${name}`, message }];
  });
  if (faults.length > 0) throw unfit(faults);
}

function unfit(errors: Fault[]): ApiError {
  return new ApiError("invalid_request", "the parameters do not fit the action", { errors });
}
