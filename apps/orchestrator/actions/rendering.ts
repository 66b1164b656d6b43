import type { NewAction, Operation, Parameters } from "@homeslice/protocol";
import type { Connection } from "../database/database.ts";
import { findNamedServers } from "../servers/repository.ts";
import { givenOrDefault, renderOperation } from "./template.ts";

/** The operation of an action with its parameters in their places. @throws ApiError as `renderOperation` */
export async function render(connection: Connection, action: NewAction, given: Parameters): Promise<Operation> {
  return renderOperation(action, given, await findNamedServers(connection, serversIn(action, given)));
}

/** Ids of the servers that the values of parameters name. */
function serversIn({ parameters }: NewAction, given: Parameters): string[] {
  return Object.entries(parameters).flatMap(([name, definition]) => {
    const { type } = definition.items ?? definition;
    const value = givenOrDefault(name, definition, given);
    if (type !== "server" || value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map(String);
  });
}
