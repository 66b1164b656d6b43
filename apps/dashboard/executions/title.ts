import type { ExecutionSummary } from "@homeslice/protocol/executions.ts";
import { plainText } from "../logs/ansi.ts";

/** What an execution does, in one line: its command as it was given, with nothing in it that could disguise it. */
export function titleOf({ operation }: Pick<ExecutionSummary, "operation">): string {
  const words = operation.type === "shell_command" ? operation.argv : [operation.type];
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${plainText(word)}'`)).join(" ");
}
