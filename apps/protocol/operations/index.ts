/** What an agent can be asked to do: one file for each operation. */
import { z } from "zod";
import { DatabaseQuery, DatabaseQueryResult } from "./databaseQuery.ts";
import { FileValidation, FileValidationResult } from "./fileValidation.ts";
import { ServiceHealth, ServiceHealthResult } from "./serviceHealth.ts";
import { ShellCommand } from "./shellCommand.ts";

export const Operation = z.discriminatedUnion("type", [ShellCommand, FileValidation, ServiceHealth, DatabaseQuery]);
export type Operation = z.infer<typeof Operation>;
export type OperationType = Operation["type"];
export type OperationOf<T extends OperationType> = Extract<Operation, { type: T }>;

/** What an operation found out, besides its output and its exit code. A command has nothing but those. */
export const OperationResult = z.discriminatedUnion("type", [
  FileValidationResult,
  ServiceHealthResult,
  DatabaseQueryResult,
]);
export type OperationResult = z.infer<typeof OperationResult>;
export type ResultOf<T extends OperationResult["type"]> = Extract<OperationResult, { type: T }>;

export { DatabaseQuery } from "./databaseQuery.ts";
export { FileValidation } from "./fileValidation.ts";
export { type Check, Limits, placeholder, SecretName } from "./limits.ts";
export { ServiceHealth } from "./serviceHealth.ts";
export { Argv, ShellCommand } from "./shellCommand.ts";
