import { ApiError, type NewAction, Operation, type Parameters, placeholder } from "@homeslice/protocol";
import { templateOf } from "../operations/index.ts";
import { valueFault } from "./parameters.ts";

type Fault = { path: string; message: string };

/** What is wrong with a template: placeholders that name no parameter, or that are only a part of a text. */
export function templateFaults({ operation, parameters }: NewAction): Fault[] {
  return templateOf(operation)
    .slots(operation)
    .flatMap(({ path: place, text }) => {
      const path = `body.operation.${place}`;
      const name = placeholder(text);
      if (name !== undefined) {
        return Object.hasOwn(parameters, name) ? [] : [{ path, message: `there is no parameter "${name}"` }];
      }
      return text.includes("{{")
        ? [{ path, message: "a parameter fills a whole argument: write {{name}} as an argument of its own" }]
        : [];
    });
}

/** Puts the parameters in their places. @throws ApiError invalid_request naming every parameter that does not fit */
export function renderOperation(action: NewAction, given: Parameters): Operation {
  const { operation } = action;
  const values = valuesOf(action.parameters, given);
  refuseOptions(action, values);
  const filled = templateOf(operation).fill(operation, (text) => {
    const name = placeholder(text);
    return name === undefined ? text : values.get(name);
  });
  const parsed = Operation.safeParse(filled);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => ({ path: `operation.${path.join(".")}`, message }));
  throw unfit(faults);
}

function valuesOf(defined: NewAction["parameters"], given: Parameters): Map<string, string> {
  const faults: Fault[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defined, name)) faults.push({ path: `body.parameters.${name}`, message: "unknown parameter" });
  }
  const values = new Map<string, string>();
  for (const [name, definition] of Object.entries(defined)) {
    const value = Object.hasOwn(given, name) ? given[name] : definition.default;
    if (value === undefined) {
      if (definition.required) faults.push({ path: `body.parameters.${name}`, message: "required" });
    } else {
      const message = valueFault(value, definition);
      if (message !== undefined) faults.push({ path: `body.parameters.${name}`, message });
      values.set(name, String(value));
    }
  }
  if (faults.length > 0) throw unfit(faults);
  return values;
}

/** A text that begins with a dash is an option to most commands: it is meant only where the template says so. */
function refuseOptions({ operation, parameters }: NewAction, values: ReadonlyMap<string, string>): void {
  const message =
    "must not begin with a dash, or it would be an option of the command: list it in one_of, or put -- before its place";
  const slots = templateOf(operation)
    .slots(operation)
    .filter(({ takesOptions }) => takesOptions);
  const names = new Set(slots.flatMap(({ text }) => placeholder(text) ?? []));
  const faults = [...names].flatMap((name) => {
    const value = values.get(name);
    const definition = parameters[name];
    if (value?.startsWith("-") !== true || definition?.type !== "string") return [];
    return definition.validation.one_of?.includes(value) ? [] : [{ path: `body.parameters.${name}`, message }];
  });
  if (faults.length > 0) throw unfit(faults);
}

function unfit(errors: Fault[]): ApiError {
  return new ApiError("invalid_request", "the parameters do not fit the action", { errors });
}
