import {
  NewAction,
  type NewWorkflow,
  type Operation,
  type ParameterDefinition,
  type Parameters,
} from "@homeslice/protocol";
import { render } from "../actions/rendering.ts";
import type { Connection } from "../database/database.ts";
import { typesOf } from "./types.ts";

/** An operation that stands in a step itself, as an action with the parameters that the step gives it. */
export function inlineTemplate(
  operation: Operation,
  parameters: Readonly<Record<string, ParameterDefinition>>,
): NewAction {
  return NewAction.parse({ name: "operation of a step", operation, parameters });
}

/**
 * Puts values in their places in an operation that stands in a step itself.
 * @param given the parameters as the step says them, with references
 * @param values what they stand for
 * @throws ApiError invalid_request
 */
export async function renderInline(
  connection: Connection,
  operation: Operation,
  workflow: NewWorkflow,
  given: Parameters,
  values: Parameters,
): Promise<Operation> {
  return await render(connection, inlineTemplate(operation, typesOf(workflow, given)), values);
}
