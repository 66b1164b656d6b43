import type { ExecutionSummary } from "@homeslice/protocol/executions.ts";
import { exactText } from "../ui/exactText.ts";

/** What an execution does, in one line: its command as it was given, with nothing in it that could disguise it. */
export function titleOf({ operation }: Pick<ExecutionSummary, "operation">): string {
  const words = operation.type === "shell_command" ? operation.argv : [operation.type];
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))).join(" ");
}

/** As a shell would take it for one word. */
function quoted(word: string): string {
  return `'${exactText(word).replaceAll("'", String.raw`'\''`)}'`;
}
