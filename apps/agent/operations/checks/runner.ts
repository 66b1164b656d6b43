/**
 * The process of a check: reads its task from the directory of the attempt, prints what it finds, and leaves the result
 * there. Exit code 0: all is as expected; 1: it is not; 2: the check could not be made.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Operation, OperationResult } from "@homeslice/protocol/operations/index.ts";
import { messageOf } from "../../errors.ts";
import { writeDurably } from "../../files.ts";
import type { CheckContext, Checker } from "./check.ts";
import { CheckTask, RESULT_FILE, TASK_FILE } from "./task.ts";

/** What one kind of check needs is loaded for that kind alone. */
async function checkerOf(operation: Operation): Promise<Checker<Operation>> {
  switch (operation.type) {
    case "file_validation":
      return (await import("../fileValidation/fileValidation.ts")).checker;
    case "service_health":
      return (await import("../serviceHealth/serviceHealth.ts")).checker;
    case "database_query":
      return (await import("../databaseQuery/databaseQuery.ts")).checker;
    case "shell_command":
      throw new Error("a command is no check");
  }
}

async function run(directory: string): Promise<number> {
  const { operation, ...context } = CheckTask.parse(JSON.parse(await readFile(join(directory, TASK_FILE), "utf8")));
  const checker = await checkerOf(operation);
  if (operation.dry_run) return await plan(checker, operation, context);
  const result = await checker.perform(operation, context);
  await writeDurably(join(directory, RESULT_FILE), JSON.stringify(result));
  process.stdout.write(report(result));
  return result.passed ? 0 : 1;
}

async function plan(checker: Checker<Operation>, operation: Operation, context: CheckContext): Promise<number> {
  process.stdout.write(`dry run: would ${await checker.plan(operation, context)}\n`);
  return 0;
}

function report({ checks }: OperationResult): string {
  return checks
    .map(({ check, passed, expected, actual }) =>
      passed ? `ok      ${check}: ${actual}\n` : `FAILED  ${check}: expected ${expected}, found ${actual}\n`,
    )
    .join("");
}

try {
  process.exitCode = await run(process.argv[2] ?? "");
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 2;
}
