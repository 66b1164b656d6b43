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
        return name in parameters ? [] : [{ path, message: `there is no parameter "${name}"` }];
      }
      return text.includes("{{")
        ? [{ path, message: "a parameter fills a whole argument: write {{name}} as an argument of its own" }]
        : [];
    });
}

/** Puts the parameters in their places. @throws ApiError invalid_request naming every parameter that does not fit */
export function renderOperation({ operation, parameters: defined }: NewAction, given: Parameters): Operation {
  const values = valuesOf(defined, given);
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
    const value = given[name] ?? definition.default;
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

function unfit(errors: Fault[]): ApiError {
  return new ApiError("invalid_request", "the parameters do not fit the action", { errors });
}
