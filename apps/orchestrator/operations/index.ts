import {
  DatabaseQuery,
  FileValidation,
  Operation,
  type OperationType,
  ServiceHealth,
  ShellCommand,
} from "@homeslice/protocol";
import type { z } from "zod";
import { databaseQuery } from "./databaseQuery/template.ts";
import { fileValidation } from "./fileValidation/template.ts";
import { serviceHealth } from "./serviceHealth/template.ts";
import { shellCommand } from "./shellCommand/template.ts";
import type { OperationTemplate } from "./template.ts";

/** Every kind of operation: one that the protocol knows and this table does not is an error of the compiler. */
const templates: Readonly<Record<OperationType, OperationTemplate<Operation>>> = {
  shell_command: of(ShellCommand, shellCommand),
  file_validation: of(FileValidation, fileValidation),
  service_health: of(ServiceHealth, serviceHealth),
  database_query: of(DatabaseQuery, databaseQuery),
};

export function templateOf({ type }: Operation): OperationTemplate<Operation> {
  return templates[type];
}

/** @throws when an operation of the protocol has no template here: the orchestrator then does not start */
export function requireTemplates(present: object = templates): void {
  const types = Operation.options.map(({ shape }) => shape.type.value);
  const missing = types.filter((type) => !Object.hasOwn(present, type));
  if (missing.length > 0) throw new Error(`operations without a template: ${missing.join(", ")}`);
}

function of<O extends Operation>(schema: z.ZodType<O>, template: OperationTemplate<O>): OperationTemplate<Operation> {
  return {
    slots: (operation) => template.slots(schema.parse(operation)),
    fill: (operation, fill, fillAll) => template.fill(schema.parse(operation), fill, fillAll),
    describe: (operation) => template.describe(schema.parse(operation)),
  };
}
