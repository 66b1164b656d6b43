import { Operation, type OperationType, ShellCommand } from "@homeslice/protocol/operations/index.ts";
import { prepareCheck } from "./checks/prepare.ts";
import type { Prepare } from "./preparation.ts";
import { prepareShellCommand } from "./shellCommand/prepare.ts";

/** Every operation that this agent offers. A command is started as it is; a check runs in a process of its own. */
const preparations: Readonly<Record<OperationType, Prepare<Operation>>> = {
  shell_command: (operation, context) => prepareShellCommand(ShellCommand.parse(operation), context),
  file_validation: prepareCheck,
  service_health: prepareCheck,
  database_query: prepareCheck,
};

export const prepareOperation: Prepare<Operation> = (operation, context) =>
  preparations[operation.type](operation, context);

/** The operations that the protocol knows. @throws when this agent lacks one of them: it then does not start */
export function offeredOperations(present: object = preparations): OperationType[] {
  const types = Operation.options.map(({ shape }) => shape.type.value);
  const missing = types.filter((type) => !Object.hasOwn(present, type));
  if (missing.length > 0) throw new Error(`operations without a handler: ${missing.join(", ")}`);
  return types;
}
