import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { UserError } from "@homeslice/config";
import type { Operation } from "./options.ts";

/** Whether somebody sits in front of this process and can answer a question. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Refuses to change anything without a word from the user.
 *
 * @throws UserError `run.unconfirmed` when nobody can be asked and `--yes` was not given
 */
export function requireConfirmable(operation: Operation, yes: boolean, interactive: boolean): void {
  const asks = operation === "up" || operation === "destroy";
  if (!asks || yes || interactive) return;
  throw new UserError({
    code: "run.unconfirmed",
    what: `\`${operation}\` changes the cluster, and there is no terminal to ask for your consent`,
    fix: `Look at what it would do with \`preview\`, then give --yes. Nothing was changed.`,
  });
}

/** Asks a question that is answered by y or yes; anything else, also Ctrl-C or the end of the input, means no. */
export async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = once(terminal, "close").then(() => "no");
  terminal.once("SIGINT", () => terminal.close());
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
