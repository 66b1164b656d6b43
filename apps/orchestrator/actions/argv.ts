import { ApiError, Argv, type NewAction, type Operation, type Parameters } from "@homeslice/protocol";

const PLACEHOLDER = /^\{\{\s*([a-z][a-z0-9_]*)\s*\}\}$/;

/** The parameter that an element of argv stands for; undefined when it is literal. */
export function placeholder(element: string): string | undefined {
  return PLACEHOLDER.exec(element)?.[1];
}

/** What is wrong with a template: placeholders that name no parameter, or that are only a part of an element. */
export function templateFaults({ operation, parameters }: NewAction): { path: string; message: string }[] {
  return operation.argv.flatMap((element, index) => {
    const path = `body.operation.argv.${index}`;
    const name = placeholder(element);
    if (name !== undefined) {
      return name in parameters ? [] : [{ path, message: `there is no parameter "${name}"` }];
    }
    return element.includes("{{")
      ? [{ path, message: "a parameter fills a whole argument: write {{name}} as an argument of its own" }]
      : [];
  });
}

/** Puts the parameters in their places. @throws ApiError invalid_request naming every parameter that does not fit */
export function renderOperation({ operation, parameters: defined }: NewAction, given: Parameters): Operation {
  const faults: { path: string; message: string }[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defined, name)) faults.push({ path: `body.parameters.${name}`, message: "unknown parameter" });
  }
  const values = new Map<string, string>();
  for (const [name, definition] of Object.entries(defined)) {
    const value = given[name] ?? definition.default;
    if (value === undefined) {
      if (definition.required) faults.push({ path: `body.parameters.${name}`, message: "required" });
    } else if (!fits(value, definition.type)) {
      faults.push({ path: `body.parameters.${name}`, message: `must be of type ${definition.type}` });
    } else {
      values.set(name, String(value));
    }
  }
  if (faults.length > 0)
    throw new ApiError("invalid_request", "the parameters do not fit the action", { errors: faults });
  const argv = operation.argv.flatMap((element) => {
    const name = placeholder(element);
    if (name === undefined) return [element];
    const value = values.get(name);
    return value === undefined ? [] : [value];
  });
  return { type: "shell_command", argv: Argv.parse(argv) };
}

function fits(value: Parameters[string], type: "string" | "integer" | "boolean"): boolean {
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}
